/* camera-gadget NUMBER FOLDER DESCRIPTION: plays one camera until it is killed. */
#include "gadget.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

unsigned gadget_wait_enabled(struct gadget *g)
{
    pthread_mutex_lock(&g->lock);
    while (!g->is_enabled) pthread_cond_wait(&g->changed, &g->lock);
    const unsigned epoch = g->epoch;
    pthread_mutex_unlock(&g->lock);
    return epoch;
}

int gadget_is_in_epoch(struct gadget *g, unsigned epoch)
{
    pthread_mutex_lock(&g->lock);
    const int is_in = g->is_enabled && g->epoch == epoch;
    pthread_mutex_unlock(&g->lock);
    return is_in;
}

/* A configured camera that is no longer configured, with its cable in, has been reset by the host. */
void gadget_set_enabled(struct gadget *g, int is_enabled)
{
    pthread_mutex_lock(&g->lock);
    const int is_reset = g->is_enabled && !is_enabled && g->is_bound;
    if (is_enabled) g->epoch += 1;
    g->is_enabled = is_enabled;
    pthread_cond_broadcast(&g->changed);
    pthread_mutex_unlock(&g->lock);
    if (is_reset) camera_reset(g->camera);
}

int gadget_unplug(void *context)
{
    struct gadget *g = context;
    pthread_mutex_lock(&g->lock);
    const int was_bound = g->is_bound;
    g->is_bound = 0;
    g->is_enabled = 0;
    pthread_mutex_unlock(&g->lock);
    return was_bound ? configfs_unbind(g) : 0;
}

int gadget_plug(void *context)
{
    struct gadget *g = context;
    pthread_mutex_lock(&g->lock);
    const int was_bound = g->is_bound;
    g->is_bound = 1;
    pthread_mutex_unlock(&g->lock);
    return was_bound ? 0 : configfs_bind(g);
}

static void die(const char *what)
{
    fprintf(stderr, "camera-gadget: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void run(struct gadget *g, void *(*thread)(void *))
{
    pthread_t id;
    if (pthread_create(&id, NULL, thread, g) != 0) die("a thread");
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "camera-gadget NUMBER FOLDER DESCRIPTION\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    char why[512] = "out of memory";
    struct gadget g = {.number = atoi(argv[1]), .folder = argv[2], .camera = camera_create(argv[3], why, sizeof why)};
    if (g.camera == NULL) {
        fprintf(stderr, "camera-gadget: %s\n", why);
        return 1;
    }
    g.is_high_speed = camera_is_high_speed(g.camera) || !configfs_can_super_speed(&g);
    pthread_mutex_init(&g.lock, NULL);
    pthread_cond_init(&g.changed, NULL);
    camera_attach(g.camera, &(struct camera_attachment){&g, gadget_unplug, gadget_plug, NULL});
    if (configfs_create(&g) != 0) die("the gadget in configfs");
    if (functionfs_open(&g) != 0) die("FunctionFS");
    char path[256];
    snprintf(path, sizeof path, "%s/socket", g.folder);
    if (camera_listen(g.camera, path) != 0) die("the command socket");
    run(&g, functionfs_control);
    run(&g, endpoints_take_requests);
    run(&g, endpoints_send_replies);
    run(&g, endpoints_send_events);
    if (gadget_plug(&g) != 0) die("plugging in");
    gadget_wait_enabled(&g);
    snprintf(path, sizeof path, "%s/plugged", g.folder);
    close(open(path, O_CREAT | O_WRONLY, 0644));
    for (;;) pause();
}
