/* A USB that lives in this process: cameras on ports, open files of their nodes, transfers on their way.
 *
 *   program ─▶ libusb ─▶ open, ioctl, mmap … ─▶ paths.c, files.c ─▶ ioctls.c ─▶ transfers.c ─▶ camera.h
 *                    └─▶ udev_*              ─▶ udev.c          └▶ requests.c (endpoint 0)
 *
 * One lock guards everything below. It is never held while a camera is called, so a camera may take its time, and may
 * call back to be unplugged. All memory that is shared with the program's threads passes through this lock, which is
 * what lets a thread sanitizer see the order of things without instrumenting this library. */
#ifndef BUS_H
#define BUS_H

#include <linux/usbdevice_fs.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../camera/camera.h"
#include "attachment.h"

enum {
    MAXIMUM_DEVICES = 8,
    MAXIMUM_ENDPOINTS = 8, /* the first is endpoint 0 */
    MAXIMUM_INTERFACES = 4,
    MAXIMUM_DESCRIPTORS = 1024
};

struct device;
struct endpoint;

/* A transfer as usbfs knows it. It waits in its endpoint's queue, then in its opener's list of ended ones, then goes.
 * While it is `carried`, a camera works with its buffer and only the endpoint's thread may end it; on endpoint 0 with a copy. */
struct urb {
    struct urb *next;
    struct opener *opener;
    struct endpoint *endpoint;
    struct usbdevfs_urb *request; /* the program's; NULL when an ioctl waits for the end */
    uint8_t setup[8];             /* endpoint 0 only */
    uint8_t *buffer;
    size_t length, done;
    size_t charge;    /* bytes of usbfs' memory it holds until reaped */
    unsigned flags;   /* USBDEVFS_URB_… */
    int verdict;      /* 0, or the status it must end with as soon as it isn't carried */
    int status;
    bool carried, ended;
    bool unanswered; /* endpoint 0: the camera has the request and will never answer */
};

/* A queue, and the thread that carries its first transfer. */
struct endpoint {
    struct device *device;
    uint8_t address;
    uint8_t interface;
    uint16_t packet; /* bytes of a full packet */
    struct urb *first, *last;
    struct urb *carries; /* endpoint 0: what the camera works on, NULL once that is given up */
    pthread_t thread;
    pthread_cond_t work;
    bool running;
    bool flows; /* the last transfer was filled at once */
    bool halted;
    bool refuses_continuation; /* a continued transfer has failed; its other parts must not be sent */
    unsigned errors_due;       /* transfers that are to end with EPROTO */
    struct endpoint_counts {
        unsigned long submitted, ended, discarded, bytes;
        unsigned long requests_before_first; /* bulk OUT transfers carried when the first was submitted */
    } counts;
};

/* One open() of a node. */
struct opener {
    struct opener *next;
    struct device *device;
    int file;         /* the program's descriptor: one end of a socket pair … */
    int other_end;    /* … and ours, -1 after hanging up */
    bool connected;   /* false for good once the camera it was opened for is unplugged */
    bool writable;    /* what poll says of `file`: an ended transfer waits to be reaped */
    off_t offset;     /* of reads */
    unsigned pending; /* transfers in queues */
    unsigned users;   /* threads of the program in an ioctl of it; the last one out lets close go on */
    bool closing;
    struct urb *first_ended, *last_ended;
    pthread_cond_t ended; /* some transfer has ended, or `connected` changed */
};

/* A camera on a port. `address` changes with every plugging in. */
struct device {
    camera *camera;
    struct attachment_options options;
    uint8_t bus, port, address;
    bool connected;
    bool driver_bound;
    struct opener *claimed_by[MAXIMUM_INTERFACES];
    uint8_t alternate[MAXIMUM_INTERFACES];
    struct endpoint endpoints[MAXIMUM_ENDPOINTS];
    size_t endpoint_count;
    uint8_t descriptors[MAXIMUM_DESCRIPTORS]; /* device, then configuration */
    size_t descriptors_size;
    unsigned long requests_carried; /* bulk OUT transfers */
    unsigned visitors;              /* threads that are in the camera, or want to be */
    unsigned writing;               /* OUT transfers that the camera has, or has just taken */
    pthread_cond_t written;
};

struct bus {
    pthread_mutex_t lock;
    bool over;                      /* the program is leaving, or this is a forked child: nothing is plugged in */
    struct device devices[MAXIMUM_DEVICES];
    size_t device_count;
    struct opener *openers;
    size_t memory_limit, memory_used; /* bytes of transfers, as Linux counts them; limit 0 is none */
    char tree[256];                 /* the folder whose sys/… and dev/… stand in for the real ones */
    pid_t process;
};

extern struct bus bus;

/* bus.c */
bool bus_ready(void); /* attaches the cameras at the first call; false where there is no bus to see */
void bus_lock(void);
void bus_unlock(void);
const uint8_t *device_configuration(const struct device *device, size_t *size);
struct endpoint *device_endpoint(struct device *device, uint8_t address);
struct device *device_at(unsigned bus_number, unsigned address); /* lock held */
const char *device_name(const struct device *device, char room[16]);
const char *device_node(const struct device *device, char room[32]);
int device_unplug(struct device *device);
int device_plug(struct device *device);
int device_pulled(struct device *device); /* lock held: the same as unplugging, found out by a transfer */
int device_halt(struct device *device, uint8_t address);

/* tree.c; lock held */
int tree_create(void);
int tree_add(const struct device *device);
void tree_remove(const struct device *device);
void tree_destroy(void);

/* udev.c; lock held */
void udev_announce(const struct device *device, bool added);

/* openers.c; lock held */
bool file_is_ours(int file); /* without the lock: a first look, for files that are no business of ours */
struct opener *opener_of(int file);
int opener_open(struct device *device, int flags);
void opener_close(struct opener *opener); /* lets go of the lock while transfers end */
void opener_append_ended(struct opener *opener, struct urb *urb);
struct urb *opener_take_ended(struct opener *opener);
void opener_settle(struct opener *opener); /* after an unplug: hangs up as soon as nothing is pending */

/* transfers.c; lock held */
struct urb *urb_create(struct opener *opener, struct endpoint *endpoint);
int urb_submit(struct urb *urb);
int urb_wait(struct urb *urb, unsigned timeout_ms);
void urb_end(struct urb *urb, int status);
void urb_condemn(struct urb *urb, int verdict);
struct urb *urb_of_request(const struct opener *opener, const struct usbdevfs_urb *request);
void urb_free(struct urb *urb);
void endpoint_clear_halt(struct endpoint *endpoint);
void endpoint_condemn(struct endpoint *endpoint, const struct opener *opener, int first_verdict, int verdict);
void endpoint_stop(struct endpoint *endpoint); /* lets go of the lock while its thread ends */

/* requests.c: endpoint 0; lock not held. Bytes answered, or a negative value as in camera.h. */
int control_request(struct device *device, const uint8_t setup[8], uint8_t *data, size_t capacity);

/* ioctls.c; lock held, some let go of it meanwhile. 0 or more, or a negative errno. */
int usbfs_ioctl(struct opener *opener, unsigned long request, void *argument);

/* memory.c */
bool memory_charge(size_t bytes); /* lock held */
void memory_return(size_t bytes); /* lock held */
bool memory_is_device(const void *buffer); /* lock held */

/* sockets.c */
void sockets_open(void);
void sockets_close(void);
void sockets_forget(void); /* in a forked child */
bool sockets_are_closing(void);

/* commands.c; lock not held. Returns 0 when the line was obeyed. */
int attachment_command(struct device *device, const char *line, char *answer, size_t size);

#endif
