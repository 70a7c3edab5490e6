#include "gadget.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/usb/functionfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* FunctionFS takes what follows the configuration's own nine bytes, for each speed, and says how many descriptors. */
static uint32_t put_descriptors(const struct gadget *g, enum camera_speed speed, uint8_t *out, size_t *used)
{
    uint8_t whole[256];
    const size_t size = camera_configuration_descriptor(g->camera, speed, whole, sizeof whole);
    uint32_t count = 0;
    for (size_t at = whole[0]; at < size; at += whole[at]) count += 1;
    memcpy(out + *used, whole + whole[0], size - whole[0]);
    *used += size - whole[0];
    return count;
}

/* No camera is a full-speed device, but Linux looks up endpoint addresses in these descriptors, and falls over (6.12) when
 * there are none: those of high speed with packets of 64 bytes. */
static uint32_t put_full_speed(const struct gadget *g, uint8_t *out, size_t *used)
{
    const size_t first = *used;
    const uint32_t count = put_descriptors(g, CAMERA_HIGH_SPEED, out, used);
    for (size_t at = first; at < *used; at += out[at]) {
        if (out[at + 1] == USB_DT_ENDPOINT) memcpy(out + at + 4, (const uint8_t[]){64, 0}, 2);
    }
    return count;
}

static int write_descriptors(const struct gadget *g)
{
    uint8_t block[1024];
    const size_t speeds = g->is_high_speed ? 2 : 3;
    size_t used = sizeof(struct usb_functionfs_descs_head_v2) + speeds * sizeof(uint32_t);
    uint32_t counts[3];
    counts[0] = htole32(put_full_speed(g, block, &used));
    counts[1] = htole32(put_descriptors(g, CAMERA_HIGH_SPEED, block, &used));
    if (!g->is_high_speed) counts[2] = htole32(put_descriptors(g, CAMERA_SUPER_SPEED, block, &used));
    const struct usb_functionfs_descs_head_v2 head = {
        .magic = htole32(FUNCTIONFS_DESCRIPTORS_MAGIC_V2), .length = htole32((uint32_t)used),
        .flags = htole32(FUNCTIONFS_HAS_FS_DESC | FUNCTIONFS_HAS_HS_DESC | (g->is_high_speed ? 0 : FUNCTIONFS_HAS_SS_DESC)
                         | FUNCTIONFS_ALL_CTRL_RECIP),
    };
    memcpy(block, &head, sizeof head);
    memcpy(block + sizeof head, counts, speeds * sizeof(uint32_t));
    if (write(g->control, block, used) != (ssize_t)used) return -1;
    const struct usb_functionfs_strings_head none = {.magic = htole32(FUNCTIONFS_STRINGS_MAGIC), .length = htole32(sizeof none)};
    return write(g->control, &none, sizeof none) == sizeof none ? 0 : -1;
}

int functionfs_open(struct gadget *g)
{
    char path[128];
    snprintf(path, sizeof path, "%s/ep0", g->function_folder);
    g->control = open(path, O_RDWR);
    if (g->control < 0 || write_descriptors(g) != 0) return -1;
    for (int i = 0; i < 3; ++i) {
        snprintf(path, sizeof path, "%s/ep%d", g->function_folder, i + 1);
        g->bulk[i] = open(path, O_RDWR | O_NONBLOCK); /* or a transfer would wait for the next plug */
        if (g->bulk[i] < 0) return -1;
    }
    return 0;
}

/* Reading where writing is due, or the other way, stalls endpoint 0. */
static void answer(struct gadget *g, const struct usb_ctrlrequest *setup)
{
    uint8_t data[4096] = {0};
    const size_t length = le16toh(setup->wLength);
    const int is_in = (setup->bRequestType & USB_DIR_IN) != 0;
    if (!is_in && length > 0 && read(g->control, data, length < sizeof data ? length : sizeof data) < 0) return;
    const int count = camera_control(g->camera, (const uint8_t *)setup, data, sizeof data);
    ssize_t done = 0;
    if (count == CAMERA_UNPLUGGED) gadget_unplug(g);
    else if (count == CAMERA_NOTHING_YET) return;
    else if (count < 0) done = is_in ? read(g->control, NULL, 0) : write(g->control, NULL, 0);
    else if (is_in) done = write(g->control, data, (size_t)count);
    else if (length == 0) done = read(g->control, NULL, 0);
    (void)done; /* a refusal reports EL2HLT, and an answer that the host no longer waits for, EIDRM */
}

void *functionfs_control(void *context)
{
    struct gadget *g = context;
    for (;;) {
        struct usb_functionfs_event event;
        const ssize_t size = read(g->control, &event, sizeof event);
        if (size < 0 && (errno == EINTR || errno == EAGAIN || errno == EIDRM)) continue;
        if (size != (ssize_t)sizeof event) {
            fprintf(stderr, "camera-gadget: endpoint 0: %s\n", strerror(errno));
            exit(1);
        }
        switch (event.type) {
        case FUNCTIONFS_ENABLE: gadget_set_enabled(g, 1); break;
        case FUNCTIONFS_DISABLE:
        case FUNCTIONFS_UNBIND: gadget_set_enabled(g, 0); break;
        case FUNCTIONFS_SETUP: answer(g, &event.u.setup); break;
        default: break;
        }
    }
}
