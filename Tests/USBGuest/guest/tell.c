/* Says one line to an emulated camera and prints its answer:  camera-tell NUMBER WORDS…
 * Exits with 0 when the answer is "ok …", which is then printed without the "ok". */
#include "tell.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    char line[2048] = "", answer[4096];
    if (argc < 3) {
        fprintf(stderr, "camera-tell NUMBER WORDS...\n");
        return 2;
    }
    for (int i = 2; i < argc; ++i) {
        if (strlen(line) + strlen(argv[i]) + 2 > sizeof line) return 2;
        if (i > 2) strcat(line, " ");
        strcat(line, argv[i]);
    }
    if (camera_tell(argv[1], line, answer, sizeof answer) != 0) {
        fprintf(stderr, "%s\n", answer);
        return 1;
    }
    if (answer[0] != '\0') printf("%s\n", answer);
    return 0;
}
