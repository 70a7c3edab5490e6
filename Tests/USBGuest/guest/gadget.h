/* A camera on this guest's USB: a FunctionFS gadget under an emulated host controller.
 *
 *   gadget.c          its life: create, plug, obey, unplug
 *   configfs.c        the gadget as folders of configfs
 *   functionfs.c      endpoint 0: descriptors, and vendor requests
 *   endpoints.c       the three bulk endpoints
 *   requests_queue.c  transfers that are on their way in the kernel */
#ifndef GADGET_H
#define GADGET_H

#include <pthread.h>
#include <stdatomic.h>

#include "../camera/camera.h"

struct gadget {
    camera *camera;
    int number;
    const char *folder; /* where its socket is, and "plugged" once the host has configured it */
    char function_folder[64];
    int control; /* endpoint 0 */
    int bulk[3]; /* the files of 82, 02, 81 */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int is_enabled;   /* the host has configured us; guarded by lock */
    unsigned epoch;   /* counts the times it did */
    int is_bound;     /* the cable is in; guarded by lock */
    int is_high_speed; /* the camera's port, or this guest's USB, is USB 2 */
};

/* configfs.c: each returns 0, or -1 with errno. */
int configfs_can_super_speed(const struct gadget *gadget);
int configfs_create(struct gadget *gadget);
int configfs_bind(struct gadget *gadget);
int configfs_unbind(struct gadget *gadget);

/* functionfs.c */
int functionfs_open(struct gadget *gadget);
void *functionfs_control(void *gadget);

/* endpoints.c: threads */
void *endpoints_take_requests(void *gadget);
void *endpoints_send_replies(void *gadget);
void *endpoints_send_events(void *gadget);

/* gadget.c: what threads tell each other. */
unsigned gadget_wait_enabled(struct gadget *gadget);           /* returns the epoch */
int gadget_is_in_epoch(struct gadget *gadget, unsigned epoch);
void gadget_set_enabled(struct gadget *gadget, int is_enabled);
int gadget_unplug(void *gadget);
int gadget_plug(void *gadget);

#endif
