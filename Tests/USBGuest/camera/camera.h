/* An emulated camera: what it is, what it answers and what it streams. How it is attached to a USB
 * (a gadget in a guest's kernel, a preloaded usbfs) is not its business: an attachment calls these
 * functions and carries their bytes.
 *
 * Every function may be called from any thread; a camera locks itself. */
#ifndef CAMERA_H
#define CAMERA_H

#include <stddef.h>
#include <stdint.h>

typedef struct camera camera;

/* The endpoints of all Prophesee cameras on a CX3 bridge. */
enum {
    CAMERA_REQUESTS_OUT = 0x02, /* bulk OUT: control requests */
    CAMERA_REPLIES_IN = 0x82,   /* bulk IN: control replies */
    CAMERA_EVENTS_IN = 0x81     /* bulk IN: the event stream */
};

enum camera_speed { CAMERA_HIGH_SPEED, CAMERA_SUPER_SPEED };

/* What a transfer may come to besides a count of bytes. */
enum {
    CAMERA_NOTHING_YET = -1, /* no data within the time given: the host's transfer stays pending (NAK) */
    CAMERA_STALLED = -2,     /* the endpoint is halted (bulk), or the request refused (control) */
    CAMERA_UNPLUGGED = -3    /* there is no camera any more */
};

/* Makes a camera from a line such as "prophesee_evk4?serial=00050423&stream=file:PATH&rate=20e6".
 * Returns NULL and a sentence in `why` when the line makes no sense. */
camera *camera_create(const char *description, char *why, size_t why_size);
void camera_free(camera *camera);

/* Descriptors as they go over the wire. Each returns its length, 0 when there is none. */
size_t camera_device_descriptor(const camera *camera, enum camera_speed speed, uint8_t *out, size_t capacity);
size_t camera_configuration_descriptor(const camera *camera, enum camera_speed speed, uint8_t *out, size_t capacity);
size_t camera_string_descriptor(const camera *camera, uint8_t index, uint16_t language, uint8_t *out, size_t capacity);

/* A vendor or class request on endpoint 0. `setup` is the 8 bytes of the setup packet; `data` holds wLength bytes to
 * read or to fill. Returns the bytes answered (IN) or taken (OUT), or CAMERA_STALLED, CAMERA_UNPLUGGED, or
 * CAMERA_NOTHING_YET when the camera was told to leave this request without an answer: the host's time-out ends it. */
int camera_control(camera *camera, const uint8_t setup[8], uint8_t *data, size_t capacity);

/* One bulk OUT transfer has arrived. Returns the bytes taken, or CAMERA_STALLED, CAMERA_UNPLUGGED. */
int camera_write(camera *camera, uint8_t endpoint, const uint8_t *bytes, size_t count);

/* Fills one bulk IN transfer, waiting up to `wait_ms` for something to send. The bytes end the transfer when they are
 * fewer than `capacity` (0 is an empty packet, which ends it too). Returns the count, or a negative value from above. */
int camera_read(camera *camera, uint8_t endpoint, uint8_t *bytes, size_t capacity, int wait_ms);

/* The host cleared a halt; the device was reset or plugged in again (registers at reset values, time at zero). */
void camera_clear_halt(camera *camera, uint8_t endpoint);
void camera_reset(camera *camera);

/* Whether it was plugged into a USB 2 port (option speed=high). */
int camera_is_high_speed(const camera *camera);

/* For attachments that queue transfers ahead of the host: so many more bytes of the stream were taken by the host.
 * Where this is never called, every byte that camera_read gave out counts as delivered. */
void camera_delivered(camera *camera, size_t bytes);

/* Whether an endpoint is halted now, and: the attachment's own USB holds that halt from here on, until the host clears
 * it. For attachments that halt an endpoint of a real USB stack and don't learn of the clearing. */
int camera_is_halted(camera *camera, uint8_t endpoint);
void camera_took_halt(camera *camera, uint8_t endpoint);

/* Obeys one line of the command language (faults, rates, the log), see README.md of this folder. Writes one line of
 * answer: "ok …" or "error …". Returns 0 when it was obeyed. */
int camera_command(camera *camera, const char *line, char *answer, size_t answer_size);

/* Serves the command language on a Unix socket, a line in and a line out, until the process ends. Returns 0, or -1. */
int camera_listen(camera *camera, const char *path);

/* What only the attachment can do; called from camera_command, without the camera's lock. Any may be NULL. */
struct camera_attachment {
    void *context;
    int (*unplug)(void *context);                       /* the cable is pulled */
    int (*plug)(void *context);                         /* and put back */
    int (*halt)(void *context, uint8_t endpoint);       /* halt an endpoint at once, pending transfers included */
};
void camera_attach(camera *camera, const struct camera_attachment *attachment);

#endif
