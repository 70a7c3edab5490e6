/* The words of the launcher's options, README.md lists them. */
#include "attachment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "name" is "name=yes"; "name=no" takes it back, which is for commands during a test. */
static int read_switch(bool *out, const char *value) {
    if (!value || strcmp(value, "yes") == 0) {
        *out = true;
    } else if (strcmp(value, "no") == 0) {
        *out = false;
    } else {
        return -1;
    }
    return 0;
}

/* The place of `value` in a list of names that ends with NULL. */
static int read_choice(const char *value, const char *const names[]) {
    for (int i = 0; value && names[i]; i++) {
        if (strcmp(value, names[i]) == 0) {
            return i;
        }
    }
    return -1;
}

static int read_size(size_t *out, const char *value) {
    char *end = NULL;
    unsigned long number = value ? strtoul(value, &end, 10) : 0;
    if (!end || end == value || *end != '\0') {
        return -1;
    }
    *out = number;
    return 0;
}

int attachment_option(struct attachment_options *options, const char *word) {
    const char *equals = strchr(word, '=');
    const char *value = equals ? equals + 1 : NULL;
    size_t name = equals ? (size_t)(equals - word) : strlen(word);
#define IS(text) (name == sizeof(text) - 1 && memcmp(word, text, name) == 0)
    if (IS("speed")) {
        int choice = read_choice(value, (const char *const[]){"5000", "480", NULL});
        options->high_speed = choice == 1;
        return choice < 0 ? -1 : 0;
    }
    if (IS("permission")) {
        int choice = read_choice(value, (const char *const[]){"granted", "refused", NULL});
        options->permission_refused = choice == 1;
        return choice < 0 ? -1 : 0;
    }
    if (IS("busy")) {
        return read_switch(&options->busy, value);
    }
    if (IS("unplugged")) {
        return read_switch(&options->unplugged, value);
    }
    if (IS("ends-alike")) {
        return read_switch(&options->ends_alike, value);
    }
    if (IS("driver")) {
        if (!value || strlen(value) >= sizeof options->driver) {
            return -1;
        }
        snprintf(options->driver, sizeof options->driver, "%s", strcmp(value, "none") == 0 ? "" : value);
        return 0;
    }
    if (IS("transfers")) {
        int choice = read_choice(value, (const char *const[]){"whole", "continued", "split", NULL});
        if (choice >= 0) {
            options->transfers = (enum transfer_style)choice;
        }
        return choice < 0 ? -1 : 0;
    }
    if (IS("device-memory")) {
        int choice = read_choice(value, (const char *const[]){"works", "refused", "none", NULL});
        if (choice >= 0) {
            options->device_memory = (enum device_memory)choice;
        }
        return choice < 0 ? -1 : 0;
    }
    if (IS("burst")) {
        return read_size(&options->burst, value);
    }
#undef IS
    return -1;
}

int attachment_options_read(struct attachment_options *options, const char *words, char *bad, size_t size) {
    while (*words) {
        size_t length = strcspn(words, " ");
        char word[64];
        if (length > 0) {
            snprintf(word, sizeof word, "%.*s", (int)length, words);
            if (length >= sizeof word || attachment_option(options, word) != 0) {
                snprintf(bad, size, "%s", word);
                return -1;
            }
        }
        words += length + (words[length] == ' ');
    }
    return 0;
}
