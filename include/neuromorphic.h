/**
 * libneuromorphic: event cameras, their recordings and their simulations, for every language.
 *
 * A device is a camera, a recording or a simulated camera; a source string chooses which. A device delivers packets;
 * a packet holds its events as one array per field (structure of arrays), in memory that is mapped and never copied:
 *
 *     neuromorphic_device *device;
 *     const neuromorphic_packet *packet;
 *     if (neuromorphic_open("sim:prophesee_evk4", NULL, &device) != NEUROMORPHIC_OK) {
 *         fprintf(stderr, "%s\n", neuromorphic_last_error());
 *         return 1;
 *     }
 *     while (neuromorphic_next_packet(device, NEUROMORPHIC_FOREVER, &packet) == NEUROMORPHIC_OK) {
 *         for (size_t i = 0; i < packet->count; ++i) {
 *             use(packet->t[i], packet->x[i], packet->y[i], packet->on[i]);
 *         }
 *         neuromorphic_packet_release(packet);
 *     }
 *     neuromorphic_close(device);
 *
 * Rules that hold for every function here:
 *
 * - It never prints, exits, aborts or raises a signal, whatever it is given.
 * - 0 is success. A failure is a negative, named status; neuromorphic_last_error() then has the sentence that says what
 *   failed, where, and what to do. What `out` points to is untouched unless the call succeeds.
 * - A NULL that is not allowed gives NEUROMORPHIC_ERROR_INVALID_ARGUMENT. close and free accept NULL.
 * - Objects (device, list, decoder, recording, program) are handles. One that was closed, or never existed, gives
 *   NEUROMORPHIC_ERROR_INVALID_HANDLE, also when another thread has just closed it.
 * - Any function may be called from any thread, except where it says otherwise. Different objects are independent.
 * - A struct that starts with `struct_size` is prepared with its ..._INIT. Such structs only ever grow at their end, so
 *   that a program keeps working with a later library of the same soname.
 * - Strings are UTF-8 and end with a NUL. Times are microseconds unless the name says otherwise.
 * - After fork(), the child must not use what its parent opened, other than to read a mapped arena.
 *
 * The library installs no signal handler and blocks every signal in its own threads.
 *
 * Environment: NEUROMORPHIC_KERNEL says how streams are decoded, for tests and measurements: plain (word by word),
 * portable (several words at once), avx512 (32 at once, where the processor can). The events are the same. Without it the
 * fastest that the processor can is taken. Anything else makes neuromorphic_open and neuromorphic_decoder_create fail with
 * NEUROMORPHIC_ERROR_INVALID_ARGUMENT, avx512 on another processor with NEUROMORPHIC_ERROR_UNSUPPORTED.
 */
#ifndef NEUROMORPHIC_H
#define NEUROMORPHIC_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define NEUROMORPHIC_API __attribute__((visibility("default")))
#else
#define NEUROMORPHIC_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Version --------------------------------------------------------------------------------------------------- */

#define NEUROMORPHIC_VERSION_MAJOR 0
#define NEUROMORPHIC_VERSION_MINOR 1
#define NEUROMORPHIC_VERSION_PATCH 0

/** The version of this header as one number: major << 16 | minor << 8 | patch. */
#define NEUROMORPHIC_VERSION                                                                                           \
    ((uint32_t)(NEUROMORPHIC_VERSION_MAJOR << 16 | NEUROMORPHIC_VERSION_MINOR << 8 | NEUROMORPHIC_VERSION_PATCH))

/**
 * The version of the library that was loaded, as one number: major << 16 | minor << 8 | patch.
 *
 * @since 0.1
 */
NEUROMORPHIC_API uint32_t neuromorphic_version(void);

/**
 * The version of the library that was loaded, as text such as "0.1.0".
 *
 * @return a string that lives as long as the program; never NULL.
 * @since 0.1
 */
NEUROMORPHIC_API const char *neuromorphic_version_text(void);

/* ---- Status ---------------------------------------------------------------------------------------------------- */

/** What a call came to. 0 is success, everything else is negative. */
typedef enum neuromorphic_status {
    /** The call did what it says. */
    NEUROMORPHIC_OK = 0,
    /** Bad luck: nothing arrived in time. Call again. */
    NEUROMORPHIC_ERROR_TIMEOUT = -1,
    /** Wanted: neuromorphic_interrupt was called (the device goes on), or a progress function asked to stop. */
    NEUROMORPHIC_ERROR_INTERRUPTED = -2,
    /** Not an error: the recording or the simulation is over, and every packet of it was delivered. */
    NEUROMORPHIC_END_OF_STREAM = -3,
    /** Wanted: the device was closed while the call waited. */
    NEUROMORPHIC_ERROR_CLOSED = -4,
    /** Bad luck: the cable was pulled or the camera lost its power. Close the device and open it anew. */
    NEUROMORPHIC_ERROR_UNPLUGGED = -5,
    /** Programming error: an argument is NULL or has a value that it can't have. */
    NEUROMORPHIC_ERROR_INVALID_ARGUMENT = -6,
    /** Programming error: the handle was closed before, or was never opened. */
    NEUROMORPHIC_ERROR_INVALID_HANDLE = -7,
    /** Programming error: struct_size is not set (use the struct's INIT), or the struct is of a newer library. */
    NEUROMORPHIC_ERROR_INVALID_STRUCT_SIZE = -8,
    /** The program was compiled with a header that this library can't serve. */
    NEUROMORPHIC_ERROR_INCOMPATIBLE_VERSION = -9,
    /** The source string, or one of its options, is not one that we know. */
    NEUROMORPHIC_ERROR_INVALID_SOURCE = -10,
    /** No such file, or no such camera is plugged in. */
    NEUROMORPHIC_ERROR_NOT_FOUND = -11,
    /** The system doesn't let this user open the file or the camera. */
    NEUROMORPHIC_ERROR_PERMISSION_DENIED = -12,
    /** Another program, or another thread in next_packet, uses it right now. */
    NEUROMORPHIC_ERROR_BUSY = -13,
    /** The file is not what it should be, such as a recording, or it contradicts itself. */
    NEUROMORPHIC_ERROR_INVALID_FILE = -14,
    /** A format, model or operation that this library or this device does not have. */
    NEUROMORPHIC_ERROR_UNSUPPORTED = -15,
    /** A setting lies outside its range. */
    NEUROMORPHIC_ERROR_OUT_OF_RANGE = -16,
    /** The configuration's tag names another model than the device is. */
    NEUROMORPHIC_ERROR_WRONG_MODEL = -17,
    /** Every packet that the device may have out is held by the program. Release one. */
    NEUROMORPHIC_ERROR_LEASES_SPENT = -18,
    /** The system refused memory. */
    NEUROMORPHIC_ERROR_OUT_OF_MEMORY = -19,
    /** The system failed to read, write or otherwise serve us; the sentence has its own words. */
    NEUROMORPHIC_ERROR_IO = -20,
    /** The file is already there, and overwriting it was not asked for. */
    NEUROMORPHIC_ERROR_ALREADY_EXISTS = -21,
    /** A setting that can only be chosen when the device is opened. Nothing was changed. */
    NEUROMORPHIC_ERROR_NEEDS_RESTART = -22,
    /** Bad luck: the camera did not answer a request in time. */
    NEUROMORPHIC_ERROR_NO_ANSWER = -23,
    /** The camera halted an endpoint (a USB stall). Close the device and open it anew. */
    NEUROMORPHIC_ERROR_STALLED = -24,
    /** The camera refused a request, or answered something else than its protocol has. */
    NEUROMORPHIC_ERROR_BAD_ANSWER = -25
} neuromorphic_status;

/**
 * The name of a status, such as "NEUROMORPHIC_ERROR_TIMEOUT", for logs.
 *
 * @return a string that lives as long as the program; "NEUROMORPHIC_UNKNOWN_STATUS" for a number that is none.
 * @since 0.1
 */
NEUROMORPHIC_API const char *neuromorphic_status_name(neuromorphic_status status);

/**
 * The sentence of the latest call on this thread that did not return NEUROMORPHIC_OK: what failed, where, and
 * what to do.
 *
 * @return a string of this thread, until its next failing call or its end; "" before the first; never NULL.
 * @since 0.1
 */
NEUROMORPHIC_API const char *neuromorphic_last_error(void);

/**
 * Checks that the library that was loaded can serve a program compiled with this header.
 *
 * @param header_version NEUROMORPHIC_VERSION, as the program was compiled.
 * @return NEUROMORPHIC_OK, or NEUROMORPHIC_ERROR_INCOMPATIBLE_VERSION when the major versions differ or the program's
 *         header is newer than the library (before 1.0, also when the minor versions differ).
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_check_version(uint32_t header_version);

/** Waits without a limit, where a function takes a time-out. */
#define NEUROMORPHIC_FOREVER INT64_C(-1)

/* ---- Models and discovery -------------------------------------------------------------------------------------- */

/** The cameras that have settings of their own. */
typedef enum neuromorphic_model {
    /** No camera's settings: a recording. */
    NEUROMORPHIC_MODEL_NONE = 0,
    /** Prophesee EVK4 (Sony IMX636, 1280 x 720), and cameras built like it. */
    NEUROMORPHIC_MODEL_PROPHESEE_EVK4 = 1,
    /** Prophesee EVK3 HD (Gen4.1, 1280 x 720). */
    NEUROMORPHIC_MODEL_PROPHESEE_EVK3_HD = 2
} neuromorphic_model;

/** How fast the USB connection is, in USB's own names. */
typedef enum neuromorphic_speed {
    /** Not known, or not on USB. */
    NEUROMORPHIC_SPEED_UNKNOWN = 0,
    /** USB 1.0, 1.5 Mb/s. */
    NEUROMORPHIC_SPEED_LOW = 1,
    /** USB 1.1, 12 Mb/s. */
    NEUROMORPHIC_SPEED_FULL = 2,
    /** USB 2.0, 480 Mb/s: too slow for a busy scene. */
    NEUROMORPHIC_SPEED_HIGH = 3,
    /** USB 3.0, 5 Gb/s. */
    NEUROMORPHIC_SPEED_SUPER = 4,
    /** USB 3.1 and later, 10 Gb/s or more. */
    NEUROMORPHIC_SPEED_SUPER_PLUS = 5
} neuromorphic_speed;

/** The known cameras that were plugged in when the list was made. */
typedef struct neuromorphic_device_list neuromorphic_device_list;

/** One plugged-in camera. */
typedef struct neuromorphic_device_description {
    size_t struct_size;           /**< bytes of this struct in the library */
    const char *name;             /**< what the device is, as far as it tells; never NULL */
    const char *source;           /**< what neuromorphic_open takes to open just this one; never NULL */
    const char *serial;           /**< serial number, or NULL where it could not be read */
    neuromorphic_speed speed;     /**< of its USB connection */
    uint16_t vendor_id;           /**< USB vendor id */
    uint16_t product_id;          /**< USB product id */
    uint8_t bus;                  /**< USB bus number */
    uint8_t address;              /**< USB address on that bus */
    uint8_t usable;               /**< 1 when neuromorphic_open can open it now */
    uint8_t reserved;             /**< 0 */
    const char *reason;           /**< why it can't be used, or what holds it back (USB 2, an old firmware), or NULL */
    const char *remedy;           /**< what to do about it, or NULL when there is nothing to do */
} neuromorphic_device_description;

/**
 * Lists the known cameras that are plugged in. Each is opened for a moment to learn its model and serial number, without
 * disturbing a program that uses it. A camera that can't be used is listed with the reason and the remedy; the call does
 * not fail for it. None plugged in, or no USB at all, is an empty list and a success. A camera that doesn't answer takes
 * a second.
 *
 * @param out receives the list; free it with neuromorphic_device_list_free.
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_INVALID_ARGUMENT.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_list_devices(neuromorphic_device_list **out);

/**
 * How many cameras a list has.
 *
 * @return the number; 0 for NULL or a list that was freed.
 * @since 0.1
 */
NEUROMORPHIC_API size_t neuromorphic_device_list_count(neuromorphic_device_list *list);

/**
 * One camera of a list.
 *
 * @param index 0 .. count - 1.
 * @return the description, which lives as long as the list; NULL for an index or a list that is not there.
 * @since 0.1
 */
NEUROMORPHIC_API const neuromorphic_device_description *neuromorphic_device_list_at(neuromorphic_device_list *list,
                                                                                    size_t index);

/**
 * Waits until what is plugged in differs from what a list has: a known camera came, or one went. Then list anew.
 *
 * @param timeout_us microseconds to wait; 0 only looks, NEUROMORPHIC_FOREVER waits without a limit.
 * @return NEUROMORPHIC_OK (it differs), NEUROMORPHIC_ERROR_TIMEOUT, NEUROMORPHIC_ERROR_INVALID_ARGUMENT,
 *         NEUROMORPHIC_ERROR_INVALID_HANDLE.
 * @note  Noticed within a few milliseconds where udev runs, within a tenth of a second elsewhere. In a container without
 *        udev, a program that has a camera open does not notice others.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_device_list_wait(neuromorphic_device_list *list, int64_t timeout_us);

/**
 * Frees a list and its descriptions. NULL is fine.
 *
 * @since 0.1
 */
NEUROMORPHIC_API void neuromorphic_device_list_free(neuromorphic_device_list *list);

/* ---- Configuration --------------------------------------------------------------------------------------------- */

/** Where the camera's time comes from. */
enum {
    /** Its own clock. */
    NEUROMORPHIC_CLOCK_INTERNAL = 0,
    /** Its own clock, which it also gives out, so that other cameras can follow. */
    NEUROMORPHIC_CLOCK_INTERNAL_WITH_OUTPUT_ENABLED = 1,
    /** Another camera's. */
    NEUROMORPHIC_CLOCK_EXTERNAL = 2
};

/** What a noise filter within the sensor does. */
enum {
    /** Nothing. */
    NEUROMORPHIC_NOISE_FILTER_OFF = 0,
    /** Trail: of a pixel's burst of events of one polarity, only the first passes. */
    NEUROMORPHIC_NOISE_FILTER_TRAIL = 1,
    /** Spatio-temporal contrast: of a burst, only the second passes. Single events, noise mostly, don't. */
    NEUROMORPHIC_NOISE_FILTER_STC_CUT_TRAIL = 2,
    /** Spatio-temporal contrast: of a burst, all but the first pass. */
    NEUROMORPHIC_NOISE_FILTER_STC_KEEP_TRAIL = 3
};

/** What an anti-flicker filter within the sensor does. */
enum {
    /** Nothing. */
    NEUROMORPHIC_ANTIFLICKER_OFF = 0,
    /** Drops events of pixels that blink with a frequency within the band. */
    NEUROMORPHIC_ANTIFLICKER_BAND_STOP = 1,
    /** Drops events of pixels that blink with a frequency outside the band. */
    NEUROMORPHIC_ANTIFLICKER_BAND_PASS = 2
};

/** The thirteen bias currents of an IMX636, each the raw 8-bit value of its register. */
typedef struct neuromorphic_evk4_biases {
    uint8_t pr;         /**< photoreceptor bandwidth */
    uint8_t fo;         /**< low-pass filter: higher lets faster changes through */
    uint8_t hpf;        /**< high-pass filter: higher removes slower changes */
    uint8_t diff_on;    /**< threshold of ON events: further above diff is less sensitive */
    uint8_t diff;       /**< reference of both thresholds */
    uint8_t diff_off;   /**< threshold of OFF events: further below diff is less sensitive */
    uint8_t inv;        /**< inverter */
    uint8_t refr;       /**< refractory (dead) time of a pixel */
    uint8_t reqpuy;     /**< readout request, rows */
    uint8_t reqpux;     /**< readout request, columns */
    uint8_t sendreqpdy; /**< readout request, release */
    uint8_t unknown_1;  /**< at address 0x104C; its purpose is not public */
    uint8_t unknown_2;  /**< at address 0x1050; its purpose is not public */
} neuromorphic_evk4_biases;

/** One of the sensor's digital pixel masks. */
typedef struct neuromorphic_pixel_mask {
    uint16_t x;       /**< pixels from the left */
    uint16_t y;       /**< pixels from the top, as in events */
    uint16_t enabled; /**< 1 silences the pixel, 0 leaves the mask unused */
} neuromorphic_pixel_mask;

/** A rectangle of pixels, outside of which the sensor is silent. */
typedef struct neuromorphic_region {
    uint16_t enabled; /**< 1: only this rectangle sends events; 0: it has no effect */
    uint16_t x;       /**< its first column, pixels from the left */
    uint16_t y;       /**< its first row, pixels from the top, as in events */
    uint16_t width;   /**< columns; x + width is at most the sensor's width */
    uint16_t height;  /**< rows; y + height is at most the sensor's height */
} neuromorphic_region;

/** The sensor's noise filter. */
typedef struct neuromorphic_noise_filter {
    uint8_t mode;         /**< one of NEUROMORPHIC_NOISE_FILTER_... */
    uint8_t threshold_ms; /**< events of a burst follow one another within this time, 1 .. 100 milliseconds */
} neuromorphic_noise_filter;

/** The sensor's anti-flicker filter. */
typedef struct neuromorphic_antiflicker {
    uint8_t mode;               /**< one of NEUROMORPHIC_ANTIFLICKER_... */
    uint8_t duty_cycle_percent; /**< of the light's blinking, 0 .. 100 */
    uint8_t start_threshold;    /**< periods until a pixel counts as blinking, 0 .. 7 */
    uint8_t stop_threshold;     /**< below which it doesn't any more, 0 .. 7 */
    uint16_t low_frequency_hz;  /**< lower end of the band, 50 .. 520 hertz, below high_frequency_hz */
    uint16_t high_frequency_hz; /**< upper end of the band, 50 .. 520 hertz */
} neuromorphic_antiflicker;

/** Settings of NEUROMORPHIC_MODEL_PROPHESEE_EVK4. */
typedef struct neuromorphic_evk4_configuration {
    neuromorphic_evk4_biases biases;
    uint8_t mask_intersection_only;  /**< 0: a pixel is off where its column or row is masked; 1: where both are */
    uint8_t enable_external_trigger; /**< 1: edges at the trigger input are delivered as trigger events */
    uint8_t enable_output;           /**< 0: the sensor runs but sends no events */
    uint8_t clock;                   /**< one of NEUROMORPHIC_CLOCK_... */
    uint8_t rate_limiter_enabled;    /**< 1: the sensor drops events above the limit below */
    uint16_t rate_limiter_period_us; /**< reference period of the limit, 1 .. 200 microseconds */
    uint32_t rate_limiter_maximum_events; /**< most events in a reference period */
    uint64_t x_mask[20];             /**< bit i % 64 of word i / 64: column i is masked */
    uint64_t y_mask[12];             /**< bit i % 64 of word i / 64: row i, from the top as in events, is masked */
    neuromorphic_pixel_mask pixel_masks[64];
    neuromorphic_region region;      /**< of interest; not together with mask_intersection_only */
    neuromorphic_noise_filter noise_filter;
    neuromorphic_antiflicker antiflicker;
} neuromorphic_evk4_configuration;

/** Ten bias currents of a Gen4.1, each the raw 8-bit value of its register. */
typedef struct neuromorphic_evk3_hd_biases {
    uint8_t pr;       /**< photoreceptor bandwidth */
    uint8_t fo_p;     /**< low-pass filter: higher lets faster changes through */
    uint8_t fo_n;     /**< its counterpart */
    uint8_t hpf;      /**< high-pass filter: higher removes slower changes */
    uint8_t diff_on;  /**< threshold of ON events: further above diff is less sensitive */
    uint8_t diff;     /**< reference of both thresholds */
    uint8_t diff_off; /**< threshold of OFF events: further below diff is less sensitive */
    uint8_t refr;     /**< refractory (dead) time of a pixel */
    uint8_t reqpuy;   /**< readout request, rows */
    uint8_t blk;      /**< at address 0x104C */
} neuromorphic_evk3_hd_biases;

/** Settings of NEUROMORPHIC_MODEL_PROPHESEE_EVK3_HD. Where a field is named as an EVK4's, it means the same. */
typedef struct neuromorphic_evk3_hd_configuration {
    neuromorphic_evk3_hd_biases biases;
    uint8_t mask_intersection_only;
    uint8_t enable_external_trigger;
    uint8_t enable_output;
    uint8_t clock;
    uint8_t rate_limiter_enabled;
    uint16_t rate_limiter_period_us;
    uint32_t rate_limiter_maximum_events;
    uint64_t x_mask[20];
    uint64_t y_mask[12];
    neuromorphic_pixel_mask pixel_masks[64];
    neuromorphic_region region;
    neuromorphic_noise_filter noise_filter; /**< NEUROMORPHIC_NOISE_FILTER_STC_KEEP_TRAIL is not in this sensor */
    neuromorphic_antiflicker antiflicker;
} neuromorphic_evk3_hd_configuration;

/** The settings of one camera: the model's tag, and that model's member. Applied as a whole. */
typedef struct neuromorphic_configuration {
    size_t struct_size;       /**< sizeof(neuromorphic_configuration) as the caller was compiled */
    neuromorphic_model model; /**< which member counts */
    uint32_t reserved;        /**< 0 */
    union {
        uint64_t room[256];   /**< keeps the size of this struct when members grow */
        neuromorphic_evk4_configuration prophesee_evk4;
        neuromorphic_evk3_hd_configuration prophesee_evk3_hd;
    } settings;
} neuromorphic_configuration;

#define NEUROMORPHIC_CONFIGURATION_INIT { sizeof(neuromorphic_configuration), NEUROMORPHIC_MODEL_NONE, 0, { { 0 } } }

/**
 * Fills in a model's default settings, the ones a device of that model is opened with.
 *
 * @param model a model with settings.
 * @param out   a struct prepared with NEUROMORPHIC_CONFIGURATION_INIT.
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_INVALID_ARGUMENT (NULL), NEUROMORPHIC_ERROR_INVALID_STRUCT_SIZE,
 *         NEUROMORPHIC_ERROR_UNSUPPORTED (the model has no settings).
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_default_configuration(neuromorphic_model model,
                                                                        neuromorphic_configuration *out);

/** What holds for one setting, for programs that show settings or build classes from them. */
typedef struct neuromorphic_setting {
    size_t struct_size;   /**< sizeof(neuromorphic_setting) as the caller was compiled */
    const char *name;     /**< as in the struct, such as "biases.diff_on"; lives as long as the program */
    const char *unit;     /**< such as "us"; "" where it has none; lives as long as the program */
    size_t offset;        /**< bytes from the start of neuromorphic_configuration */
    size_t width;         /**< bytes of one element: 1, 2, 4 or 8, an unsigned integer */
    size_t count;         /**< elements; more than 1 for an array */
    size_t stride;        /**< bytes from one element to the next */
    uint64_t minimum;     /**< smallest value of an element */
    uint64_t maximum;     /**< largest value of an element */
    uint64_t default_value; /**< value of every element in the default configuration */
    uint32_t live;        /**< 1: can be changed while streaming */
    uint32_t simulated;   /**< 1: the simulated camera's events follow it */
} neuromorphic_setting;

#define NEUROMORPHIC_SETTING_INIT { sizeof(neuromorphic_setting), NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/**
 * How many settings a model has.
 *
 * @return the number; 0 for a model without settings.
 * @since 0.1
 */
NEUROMORPHIC_API size_t neuromorphic_setting_count(neuromorphic_model model);

/**
 * Describes one setting of a model.
 *
 * @param index 0 .. neuromorphic_setting_count(model) - 1.
 * @param out   a struct prepared with NEUROMORPHIC_SETTING_INIT.
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_INVALID_ARGUMENT, NEUROMORPHIC_ERROR_INVALID_STRUCT_SIZE.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_setting_at(neuromorphic_model model, size_t index,
                                                             neuromorphic_setting *out);

/* ---- Device ---------------------------------------------------------------------------------------------------- */

/** An open camera, recording or simulation. */
typedef struct neuromorphic_device neuromorphic_device;

/** What is lost when the reader is too slow and every buffer is full. */
typedef enum neuromorphic_drop_policy {
    /** What arrives is lost until the reader takes a buffer: what waits stays, as it is usual in the field. */
    NEUROMORPHIC_DROP_NEWEST = 0,
    /** What has waited longest is lost: what is delivered is never older than the ring is long. */
    NEUROMORPHIC_DROP_OLDEST = 1
} neuromorphic_drop_policy;

/** How to open a device. Zero means the default, but for maximum_raw_packets. */
typedef struct neuromorphic_open_options {
    size_t struct_size;                      /**< sizeof(neuromorphic_open_options) as the caller was compiled */
    uint32_t raw;                            /**< 1: packets hold the camera's bytes, not decoded */
    uint32_t maximum_raw_packets;            /**< most buffers merged into a packet; 0: no limit; the INIT has 64 */
    size_t buffer_length;                    /**< bytes of a buffer, a multiple of 1024 up to 16 MiB; 0: 131072 */
    size_t ring_length;                      /**< most buffers, up to 65536 and 64 GiB in all; 0: 4096 */
    size_t transfer_queue_length;            /**< of a camera: USB transfers in flight, fewer than
                                                  ring_length; 0: 32 */
    uint32_t allow_dma;                      /**< of a camera: 1 tries the USB controller's own memory */
    neuromorphic_drop_policy drop_policy;    /**< what is lost when the reader is too slow */
    const neuromorphic_configuration *configuration; /**< first settings; NULL: the model's defaults. With "usb:", a
                                                  camera that takes them is looked for */
    size_t maximum_leases;                   /**< most packets the program may hold at once, 1 .. 65536; 0: 64 */
    size_t packet_capacity;                  /**< most events of a packet (if raw: bytes), 4096 .. 2^28;
                                                  0: 2^20, or 2^15 at speed=max, where more of them
                                                  would outgrow the processor's cache (if raw: 2^23) */
} neuromorphic_open_options;

#define NEUROMORPHIC_OPEN_OPTIONS_INIT                                                                                 \
    { sizeof(neuromorphic_open_options), 0, 64, 0, 0, 0, 0, NEUROMORPHIC_DROP_NEWEST, NULL, 0, 0 }

/**
 * Opens a device and starts it.
 *
 * The source is a scheme, a colon, what the scheme wants, and options after the last '?', joined with '&':
 *
 *   file:PATH           a Prophesee RAW recording of EVT2, EVT2.1, EVT3 or EVT4 data.
 *                       speed=max       as fast as the reader takes it, without loss (default)
 *                       speed=realtime  as it was recorded; a slow reader loses data, as with a camera
 *                       speed=2.5       that many times as fast as it was recorded
 *                       loop            starts again at the end, for ever; t goes on rising. At speed=max, a recording
 *                                       of up to 256 MiB is read once and then kept in memory
 *                       format=EVT3 width=1280 height=720   for files without a header
 *                       A path that has a '?' itself is ended with a further '?'.
 *   sim:prophesee_evk4  a simulated camera. The same seed and settings make the same bytes.
 *                       scene=edges+dots+noise   any of edges, dots, noise, flicker, joined with '+'
 *                       rate=20e6       events per second, up to the sensor's peak of 1.06e9
 *                       seed=1          of its random numbers
 *                       triggers=10     pulses per second at the trigger input; 0 is none
 *                       duration=2.5    seconds of the sensor's time until the end of the stream; for ever without it
 *                       speed=realtime  (default), max (without loss, as fast as the reader takes it) or a factor
 *   usb:                the first camera on USB that can be used
 *   usb:serial=00050423 the one with this serial number; likewise usb:model=prophesee_evk4 (or prophesee_evk3_hd) and
 *                       usb:bus=3,address=7; joined with ',', all must hold
 *
 * Opening a camera resets it and takes as long as its sensor needs to start: about six seconds for an EVK4, one for an
 * EVK3 HD. Its events are in the system's buffers from the moment on when it starts.
 *
 * @param source  which device; not NULL.
 * @param options how; NULL for the defaults. Read during the call only.
 * @param out     receives the device; close it with neuromorphic_close.
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_INVALID_ARGUMENT, NEUROMORPHIC_ERROR_INVALID_STRUCT_SIZE,
 *         NEUROMORPHIC_ERROR_INVALID_SOURCE, NEUROMORPHIC_ERROR_NOT_FOUND, NEUROMORPHIC_ERROR_PERMISSION_DENIED,
 *         NEUROMORPHIC_ERROR_INVALID_FILE, NEUROMORPHIC_ERROR_UNSUPPORTED, NEUROMORPHIC_ERROR_OUT_OF_RANGE,
 *         NEUROMORPHIC_ERROR_WRONG_MODEL, NEUROMORPHIC_ERROR_OUT_OF_MEMORY, NEUROMORPHIC_ERROR_IO; of cameras also
 *         NEUROMORPHIC_ERROR_BUSY, NEUROMORPHIC_ERROR_UNPLUGGED, NEUROMORPHIC_ERROR_NO_ANSWER,
 *         NEUROMORPHIC_ERROR_STALLED, NEUROMORPHIC_ERROR_BAD_ANSWER.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_open(const char *source, const neuromorphic_open_options *options,
                                                       neuromorphic_device **out);

/**
 * Stops and closes a device, and wakes who waits for it (NEUROMORPHIC_ERROR_CLOSED). Packets that are still held stay
 * valid until they are released. NULL, and a device that was closed before, are fine.
 *
 * @since 0.1
 */
NEUROMORPHIC_API void neuromorphic_close(neuromorphic_device *device);

/** Kinds of data that a device's packets can hold, as bits of neuromorphic_properties.columns. */
enum {
    NEUROMORPHIC_COLUMNS_EVENTS = 1,   /**< t, x, y, on */
    NEUROMORPHIC_COLUMNS_TRIGGERS = 2, /**< trigger_t, trigger_id, trigger_rising */
    NEUROMORPHIC_COLUMNS_COUNTERS = 4, /**< counter_t, counter_events, counter_is_output */
    NEUROMORPHIC_COLUMNS_RAW = 8       /**< raw */
};

/** What a device is. */
typedef struct neuromorphic_properties {
    size_t struct_size;       /**< sizeof(neuromorphic_properties) as the caller was compiled */
    neuromorphic_model model; /**< whose settings it takes; NEUROMORPHIC_MODEL_NONE for a recording */
    neuromorphic_speed speed; /**< of its USB connection; NEUROMORPHIC_SPEED_UNKNOWN for what is not on USB */
    const char *name;         /**< such as "Prophesee EVK4 (simulated)"; lives as long as the device */
    const char *serial;       /**< serial number, "" where there is none; lives as long as the device */
    const char *format;       /**< of its bytes, as neuromorphic_decoder_create takes it; lives as long as the device */
    uint16_t width;           /**< pixels */
    uint16_t height;          /**< pixels */
    uint32_t columns;         /**< the kinds of data in its packets: NEUROMORPHIC_COLUMNS_... */
    const char *firmware;     /**< of a camera: its firmware's version, such as "3.9.0"; "" where it doesn't tell; lives
                                   as long as the device */
    uint8_t bus;              /**< of a camera: its USB bus number; else 0 */
    uint8_t address;          /**< of a camera: its USB address on that bus; else 0 */
    uint8_t reserved[6];      /**< 0 */
} neuromorphic_properties;

#define NEUROMORPHIC_PROPERTIES_INIT                                                                                   \
    { sizeof(neuromorphic_properties), NEUROMORPHIC_MODEL_NONE, NEUROMORPHIC_SPEED_UNKNOWN, NULL, NULL, NULL, 0, 0, 0, \
      NULL, 0, 0, { 0, 0, 0, 0, 0, 0 } }

/**
 * Tells what a device is.
 *
 * @param out a struct prepared with NEUROMORPHIC_PROPERTIES_INIT.
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_INVALID_ARGUMENT, NEUROMORPHIC_ERROR_INVALID_HANDLE,
 *         NEUROMORPHIC_ERROR_INVALID_STRUCT_SIZE.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_properties_of(neuromorphic_device *device,
                                                                neuromorphic_properties *out);

/* ---- Settings of a device -------------------------------------------------------------------------------------- */

/**
 * Applies settings as a whole: all of them, or none where one is refused. Only what differs is written to a camera. Data
 * that is already on its way still follows the old ones.
 *
 * When a camera fails in between, what was written is taken back as far as the camera lets us;
 * neuromorphic_configuration_of tells the settings from before, and the next call writes again what may be in doubt.
 *
 * @param configuration settings with the tag of the device's model. Read during the call only.
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_INVALID_ARGUMENT, NEUROMORPHIC_ERROR_INVALID_HANDLE,
 *         NEUROMORPHIC_ERROR_INVALID_STRUCT_SIZE, NEUROMORPHIC_ERROR_WRONG_MODEL, NEUROMORPHIC_ERROR_OUT_OF_RANGE (the
 *         sentence names the setting, its value and its range), NEUROMORPHIC_ERROR_NEEDS_RESTART (a setting whose `live`
 *         is 0 differs), NEUROMORPHIC_ERROR_UNSUPPORTED (a recording has none); of cameras also
 *         NEUROMORPHIC_ERROR_UNPLUGGED, NEUROMORPHIC_ERROR_NO_ANSWER, NEUROMORPHIC_ERROR_STALLED,
 *         NEUROMORPHIC_ERROR_BAD_ANSWER, NEUROMORPHIC_ERROR_IO, NEUROMORPHIC_ERROR_CLOSED.
 * @note  From any thread, also while another one is in next_packet.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_configure(neuromorphic_device *device,
                                                            const neuromorphic_configuration *configuration);

/**
 * The settings that were applied last.
 *
 * @param out a struct prepared with NEUROMORPHIC_CONFIGURATION_INIT.
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_INVALID_ARGUMENT, NEUROMORPHIC_ERROR_INVALID_HANDLE,
 *         NEUROMORPHIC_ERROR_INVALID_STRUCT_SIZE, NEUROMORPHIC_ERROR_UNSUPPORTED (a recording has no settings).
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_configuration_of(neuromorphic_device *device,
                                                                   neuromorphic_configuration *out);

/**
 * The model's default settings, with the biases that this very camera's factory gave it, as its registers had them when it
 * was opened. A camera that was opened before, since it was plugged in, may have kept the biases of then: for the factory's,
 * open it first thing after plugging it in. For models whose biases aren't read (EVK3 HD), simply the defaults.
 *
 * @param out a struct prepared with NEUROMORPHIC_CONFIGURATION_INIT.
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_INVALID_ARGUMENT, NEUROMORPHIC_ERROR_INVALID_HANDLE,
 *         NEUROMORPHIC_ERROR_INVALID_STRUCT_SIZE, NEUROMORPHIC_ERROR_UNSUPPORTED (not a camera on USB).
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_factory_configuration(neuromorphic_device *device,
                                                                        neuromorphic_configuration *out);

/* ---- Measurements of a camera ---------------------------------------------------------------------------------- */

/**
 * Measures the temperature of a camera's sensor. It may stream meanwhile. 0.19 K a step.
 *
 * @param celsius receives degrees Celsius.
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_INVALID_ARGUMENT, NEUROMORPHIC_ERROR_INVALID_HANDLE,
 *         NEUROMORPHIC_ERROR_UNSUPPORTED (not an EVK4 on USB), NEUROMORPHIC_ERROR_UNPLUGGED,
 *         NEUROMORPHIC_ERROR_NO_ANSWER, NEUROMORPHIC_ERROR_STALLED, NEUROMORPHIC_ERROR_BAD_ANSWER (also: the sensor has
 *         no valid measurement), NEUROMORPHIC_ERROR_IO, NEUROMORPHIC_ERROR_CLOSED.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_temperature(neuromorphic_device *device, double *celsius);

/**
 * Measures how much light falls on a camera's sensor. It may stream meanwhile.
 *
 * @param raw receives the light meter's count of hundredths of microseconds, which falls as light rises.
 * @param lux receives the illuminance in lux by the vendor's formula, which no one calibrated for this very camera; NULL
 *            for not interested.
 * @return as neuromorphic_temperature; NEUROMORPHIC_ERROR_UNSUPPORTED where there is no light meter.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_illuminance(neuromorphic_device *device, uint32_t *raw, double *lux);

/* ---- Stream ---------------------------------------------------------------------------------------------------- */

/**
 * A packet of data: a status, and one array for each field of each kind of data.
 *
 * All arrays lie in one block that is aligned to 64 bytes, in the device's arena (neuromorphic_arena_fd). Arrays of a
 * kind that has no data have a count of 0. Times are microseconds of the sensor's own clock, as the sensor sent them:
 * wraps are extended to 64 bits, nothing is shifted, clamped or made monotonic.
 */
typedef struct neuromorphic_packet {
    size_t struct_size;               /**< bytes of this struct in the library */
    uint64_t sequence;                /**< 0 for the first packet of a device, then one more each */

    size_t count;                     /**< change-detection events: length of t, x, y, on */
    const uint64_t *t;                /**< microseconds of the sensor's clock */
    const uint16_t *x;                /**< pixels from the left, 0 .. width - 1 */
    const uint16_t *y;                /**< pixels from the top, 0 .. height - 1 */
    const uint8_t *on;                /**< 1 brighter, 0 darker */

    size_t trigger_count;             /**< edges at the trigger inputs: length of the next three */
    const uint64_t *trigger_t;        /**< microseconds of the sensor's clock */
    const uint8_t *trigger_id;        /**< which input */
    const uint8_t *trigger_rising;    /**< 1 rising edge, 0 falling edge */

    size_t counter_count;             /**< reports of the rate controller: length of the next three */
    const uint64_t *counter_t;        /**< microseconds of the sensor's clock */
    const uint32_t *counter_events;   /**< events that it counted since its report before */
    const uint8_t *counter_is_output; /**< 0 what entered the rate controller, 1 what left it */

    size_t raw_length;                /**< bytes of raw; 0 unless the device was opened with raw = 1 */
    const uint8_t *raw;               /**< the bytes as the camera sent them */

    size_t overflow_count;            /**< losses within or right before this packet: length of the next three */
    const uint64_t *overflow_events;  /**< index of the first event after the loss; count when none follows */
    const uint64_t *overflow_triggers; /**< index of the first trigger after the loss */
    const uint64_t *overflow_raw;     /**< offset in raw of the first byte after the loss */

    const void *block;                /**< start of the block that holds the arrays, aligned to 64 bytes */
    uint64_t block_offset;            /**< where the block starts in the arena, bytes */
    uint64_t block_length;            /**< bytes of the block */

    int64_t first_byte_time_ns;       /**< when its first byte reached the host, nanoseconds of CLOCK_MONOTONIC */
    int64_t handed_over_time_ns;      /**< when next_packet returned it, nanoseconds of CLOCK_MONOTONIC */
    int64_t handed_over_system_time_us; /**< the same moment in microseconds since 1970, UTC */
    uint64_t current_t;               /**< the decoder's time after this packet, microseconds of the sensor's clock;
                                           0 when raw */
    uint64_t backlog;                 /**< buffers that waited when it was handed over */
    uint64_t buffers;                 /**< buffers (USB transfers) that ended in this packet */
    uint64_t bytes;                   /**< bytes of the stream that this packet holds or was decoded from */
    uint64_t bytes_lost_before;       /**< bytes lost since the packet before */
    uint64_t buffers_lost_before;     /**< buffers lost since the packet before */
    uint64_t defects_before;          /**< defects of the stream found since the packet before */
    uint32_t clutch_engaged;          /**< 1: every buffer was full when the reader came for it, or when it was
                                           handed over: data is being lost */
    uint32_t reserved;                /**< 0 */
} neuromorphic_packet;

/**
 * Waits for the next packet.
 *
 * The packet is leased: it and its arrays stay as they are until neuromorphic_packet_release, also after
 * neuromorphic_close.
 *
 * @param timeout_us microseconds to wait; 0 polls, NEUROMORPHIC_FOREVER waits until data, interrupt, close or the end.
 * @param out        receives the packet.
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_TIMEOUT (nothing yet: call again), NEUROMORPHIC_ERROR_INTERRUPTED,
 *         NEUROMORPHIC_END_OF_STREAM, NEUROMORPHIC_ERROR_CLOSED, NEUROMORPHIC_ERROR_UNPLUGGED (after every packet that
 *         arrived before), NEUROMORPHIC_ERROR_STALLED, NEUROMORPHIC_ERROR_LEASES_SPENT (release a packet first; nothing is lost by the call itself), NEUROMORPHIC_ERROR_BUSY (another thread is in next_packet or
 *         clear_backlog of this device), NEUROMORPHIC_ERROR_INVALID_ARGUMENT, NEUROMORPHIC_ERROR_INVALID_HANDLE,
 *         NEUROMORPHIC_ERROR_IO.
 * @note  One thread at a time per device.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_next_packet(neuromorphic_device *device, int64_t timeout_us,
                                                              const neuromorphic_packet **out);

/**
 * Adds a lease to a packet that is held: it then takes one more release until its memory is used again. NULL is fine.
 *
 * @since 0.1
 */
NEUROMORPHIC_API void neuromorphic_packet_retain(const neuromorphic_packet *packet);

/**
 * Ends a lease of a packet. With the last one, its memory is used again. In any order, on any thread, also after
 * neuromorphic_close. NULL is fine.
 *
 * @since 0.1
 */
NEUROMORPHIC_API void neuromorphic_packet_release(const neuromorphic_packet *packet);

/**
 * How many filled buffers wait for next_packet. For a recording at speed=max it is always 0: it is read when asked for.
 *
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_backlog(neuromorphic_device *device, size_t *out);

/**
 * Discards the oldest of the buffers that wait when it is called, but for the newest `until` of them. The decoder
 * reads them, so that time goes on correctly, and their events are dropped. What is discarded is counted as cleared;
 * the next packet says that it follows a loss. Never waits, however fast data arrives meanwhile.
 *
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_INVALID_ARGUMENT, NEUROMORPHIC_ERROR_INVALID_HANDLE,
 *         NEUROMORPHIC_ERROR_BUSY.
 * @note  One thread at a time per device, as for next_packet.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_clear_backlog(neuromorphic_device *device, size_t until);

/**
 * A file descriptor that poll, select, epoll and asyncio find readable while next_packet would return at once, with a
 * packet or with an end, an interrupt or an error. Only wait with it: don't read, write or close it. It lives as long
 * as the device.
 *
 * @return the descriptor, or -1; neuromorphic_last_error() then says why.
 * @since 0.1
 */
NEUROMORPHIC_API int neuromorphic_fd(neuromorphic_device *device);

/**
 * A read-only file descriptor of the memory that holds every packet's block: another process that gets it (by
 * inheritance, or over a Unix socket) maps a packet's arrays with mmap(NULL, block_length, PROT_READ, MAP_SHARED, fd,
 * block_offset). block_offset is a multiple of the page size, and of 64 KiB. An array's place in the block is its
 * address minus `block`. The other process may read a packet's block while this one holds its lease. The descriptor
 * lives as long as the device: dup it to keep it.
 *
 * @return the descriptor, or -1; neuromorphic_last_error() then says why.
 * @since 0.1
 */
NEUROMORPHIC_API int neuromorphic_arena_fd(neuromorphic_device *device);

/**
 * Makes next_packet return NEUROMORPHIC_ERROR_INTERRUPTED: the one that waits now, or else the next one. Once per call
 * that returns it. From any thread; not from a signal handler.
 *
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_interrupt(neuromorphic_device *device);

/** One kind of defect. */
typedef struct neuromorphic_defect {
    uint64_t count;        /**< how many */
    uint64_t first_offset; /**< where the first was, bytes from the start of the stream; meaningless while count is 0 */
} neuromorphic_defect;

/** What can be wrong with a stream. Unusable words are skipped and counted here, each kind by itself. */
typedef struct neuromorphic_defects {
    size_t struct_size;                        /**< sizeof(neuromorphic_defects) as the caller was compiled */
    neuromorphic_defect events_before_time;    /**< events, triggers, counters dropped: no TIME_HIGH before them */
    neuromorphic_defect events_before_row;     /**< events dropped: no row word came before them */
    neuromorphic_defect events_before_base;    /**< events dropped: no vector base came before them */
    neuromorphic_defect events_outside_sensor; /**< events dropped: their pixel is not on the sensor */
    neuromorphic_defect time_steps_back;       /**< TIME_HIGH words that fell without being a wrap; taken as they are */
    neuromorphic_defect unknown_words;         /**< words of a kind that means nothing in the format; skipped */
    neuromorphic_defect stray_continuations;   /**< continuation words that continue nothing; skipped */
    neuromorphic_defect broken_messages;       /**< rate-controller reports that lack their continuation; dropped */
    neuromorphic_defect truncated_bytes;       /**< bytes of a word that the stream's end or a loss cut off */
    neuromorphic_defect ignored_messages;      /**< not a defect: monitoring messages of other kinds; skipped */
} neuromorphic_defects;

#define NEUROMORPHIC_DEFECTS_INIT                                                                                      \
    { sizeof(neuromorphic_defects), { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 },    \
      { 0, 0 }, { 0, 0 } }

/**
 * What a device has done so far. At every moment
 *     bytes_produced = bytes_delivered + bytes_waiting + bytes_lost_newest + bytes_lost_oldest + bytes_cleared
 * and the same for buffers.
 */
typedef struct neuromorphic_statistics {
    size_t struct_size;            /**< sizeof(neuromorphic_statistics) as the caller was compiled */
    uint64_t bytes_produced;       /**< bytes that the camera, recording or simulation gave */
    uint64_t bytes_delivered;      /**< bytes that packets held or were decoded from */
    uint64_t bytes_waiting;        /**< bytes that wait for next_packet */
    uint64_t bytes_lost_newest;    /**< bytes lost because every buffer was full: NEUROMORPHIC_DROP_NEWEST */
    uint64_t bytes_lost_oldest;    /**< bytes lost because every buffer was full: NEUROMORPHIC_DROP_OLDEST */
    uint64_t bytes_cleared;        /**< bytes discarded by neuromorphic_clear_backlog */
    uint64_t buffers_produced;     /**< the same for whole buffers (USB transfers) */
    uint64_t buffers_delivered;
    uint64_t buffers_waiting;
    uint64_t buffers_lost_newest;
    uint64_t buffers_lost_oldest;
    uint64_t buffers_cleared;
    uint64_t overflows;            /**< gaps in the stream because every buffer was full, each however long */
    uint64_t packets;              /**< packets delivered */
    uint64_t events;               /**< change-detection events delivered */
    uint64_t triggers;             /**< triggers delivered */
    uint64_t counters;             /**< rate-controller reports delivered */
    uint64_t leases;               /**< packets that the program holds now */
    uint64_t maximum_leases;       /**< most it may hold */
    uint64_t leases_refused;       /**< calls that returned NEUROMORPHIC_ERROR_LEASES_SPENT */
    uint64_t buffers_allocated;    /**< buffers that the pool has grown to */
    uint64_t arena_length;         /**< bytes of address space of the arena; only what was used takes memory */
} neuromorphic_statistics;

#define NEUROMORPHIC_STATISTICS_INIT                                                                                   \
    { sizeof(neuromorphic_statistics), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/**
 * Tells what a device has done so far.
 *
 * @param out a struct prepared with NEUROMORPHIC_STATISTICS_INIT.
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_INVALID_ARGUMENT, NEUROMORPHIC_ERROR_INVALID_HANDLE,
 *         NEUROMORPHIC_ERROR_INVALID_STRUCT_SIZE.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_statistics_of(neuromorphic_device *device,
                                                                neuromorphic_statistics *out);

/**
 * Tells what was wrong with a device's stream so far. All zero for a device opened with raw = 1.
 *
 * @param out a struct prepared with NEUROMORPHIC_DEFECTS_INIT.
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_INVALID_ARGUMENT, NEUROMORPHIC_ERROR_INVALID_HANDLE,
 *         NEUROMORPHIC_ERROR_INVALID_STRUCT_SIZE.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_defects_of(neuromorphic_device *device, neuromorphic_defects *out);

/* ---- Arrow ----------------------------------------------------------------------------------------------------- */

/*
 * The next three structs are those of the Arrow C data interface and C stream interface, through which the libraries of
 * Apache Arrow (pyarrow, for one) and many others take tables without a copy. Their specification asks everyone to define
 * them just so, and never changes them: https://arrow.apache.org/docs/format/CDataInterface.html
 *
 * Whoever gets a filled one calls its `release` once, which then sets `release` to NULL; a struct whose `release` is NULL
 * has nothing to be released. One may be moved: copied bit by bit, with the copied one's `release` set to NULL.
 */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

/** The type of an array, or of a whole table. */
struct ArrowSchema {
    const char *format;             /**< "+s" a table, "L" uint64, "I" uint32, "S" uint16, "C" uint8 */
    const char *name;               /**< of a column; "" for a table */
    const char *metadata;           /**< keys and values in Arrow's binary form, or NULL */
    int64_t flags;                  /**< 0: no value is ever missing */
    int64_t n_children;             /**< columns of a table */
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary; /**< NULL */

    void (*release)(struct ArrowSchema *);
    void *private_data;
};

/** An array's data, or that of a whole table. */
struct ArrowArray {
    int64_t length;                /**< rows */
    int64_t null_count;            /**< 0 */
    int64_t offset;                /**< 0 */
    int64_t n_buffers;             /**< 1 for a table, 2 for a column */
    int64_t n_children;            /**< columns of a table */
    const void **buffers;          /**< [0] NULL: no value is missing; [1] a column's values */
    struct ArrowArray **children;
    struct ArrowArray *dictionary; /**< NULL */

    void (*release)(struct ArrowArray *);
    void *private_data;
};

#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

/** Tables of one type, one after the other. */
struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);

    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

#endif

/**
 * The tables of a packet. t is microseconds of the sensor's clock; the schema says so too, in column t's metadata: "unit" is
 * "us". `on`, `rising` and `is_output` are 0 or 1 in a byte each, as the packet has them: Arrow's own bool is a bit, so it
 * could not be had without a copy.
 */
typedef enum neuromorphic_table {
    /** A row an event: t uint64, x uint16, y uint16, on uint8. */
    NEUROMORPHIC_TABLE_EVENTS = 0,
    /** A row an edge at a trigger input: t uint64, id uint8, rising uint8. */
    NEUROMORPHIC_TABLE_TRIGGERS = 1,
    /** A row a report of the rate controller: t uint64, events uint32, is_output uint8. */
    NEUROMORPHIC_TABLE_COUNTERS = 2
} neuromorphic_table;

/**
 * The schema of a table, as neuromorphic_packet_arrow fills it. It is the same for every device.
 *
 * @param out receives the schema, whatever it held before; the program calls its `release`, on any thread.
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_INVALID_ARGUMENT (also: no such table).
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_arrow_schema(neuromorphic_table table, struct ArrowSchema *out);

/**
 * A table of a packet as an Arrow array, without a copy: its children are the columns, and their buffers are the packet's
 * own arrays, at the same addresses. Only to be read.
 *
 * The array holds a lease of the packet, as from neuromorphic_packet_retain: release the packet and the array in any order,
 * on any thread, also after neuromorphic_close. A child may be moved out, as Arrow's specification has it, and released by
 * itself: the lease ends with the last part.
 *
 * @param packet a packet that is held.
 * @param out    receives the array, whatever it held before; the program calls its `release`. Of length 0 where the packet
 *               has no row.
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_INVALID_ARGUMENT (also: no such table), NEUROMORPHIC_ERROR_UNSUPPORTED (a raw
 *         packet has no tables).
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_packet_arrow(const neuromorphic_packet *packet, neuromorphic_table table,
                                                               struct ArrowArray *out);

/**
 * A device's packets from now on as an Arrow stream of one of their tables, without a copy.
 *
 * - get_next takes a packet as neuromorphic_next_packet does, and gives its table as neuromorphic_packet_arrow does: the
 *   array holds the packet until its `release`. Packets without a row in the table are passed over, so no array is empty;
 *   whoever wants several tables takes packets. At the end of the stream it succeeds with an array whose `release` is NULL.
 * - get_schema gives neuromorphic_arrow_schema's schema, with the sensor's size in pixels as the table's metadata: "width" and
 *   "height".
 * - They return 0, or a code of errno.h: ETIMEDOUT (no row in time), EINTR (neuromorphic_interrupt), EBADF (the device was
 *   closed, before or meanwhile), ENODEV (unplugged), ENOBUFS (every packet that the device may have out is held: release
 *   an array), EBUSY (another thread is in next_packet), EPIPE (stalled), EINVAL (a NULL), EIO for the rest. get_last_error
 *   then has the sentence, until the stream's next call; neuromorphic_last_error has it too. Where the device goes on, so
 *   does the stream.
 *
 * The stream doesn't own the device: close that yourself, before or after the stream's `release`. Either is safe, and arrays
 * stay as they are. What takes packets by other means, or by another stream, takes them from this one.
 *
 * A program that keeps every array, such as pyarrow's read_all, holds every packet: options.maximum_leases must be as many.
 *
 * @param timeout_us microseconds that get_next waits for a row; 0 looks at one packet if there is one, NEUROMORPHIC_FOREVER
 *                   waits until data, interrupt, close or the end.
 * @param out        receives the stream, whatever it held before; the program calls its `release`.
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_INVALID_ARGUMENT (also: no such table), NEUROMORPHIC_ERROR_INVALID_HANDLE,
 *         NEUROMORPHIC_ERROR_UNSUPPORTED (a device opened with raw = 1 has no tables).
 * @note  One thread at a time per stream, and per device, as for next_packet.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_arrow_stream(neuromorphic_device *device, neuromorphic_table table,
                                                               int64_t timeout_us, struct ArrowArrayStream *out);

/* ---- Decoder --------------------------------------------------------------------------------------------------- */

/** Decodes bytes that the program has from elsewhere: a file of its own, a network, a ROS message. */
typedef struct neuromorphic_decoder neuromorphic_decoder;

/** The caller's arrays, which neuromorphic_decoder_decode appends to. */
typedef struct neuromorphic_columns {
    size_t struct_size;         /**< sizeof(neuromorphic_columns) as the caller was compiled */
    size_t capacity;            /**< length of t, x, y and on; at least 64 */
    size_t count;               /**< how many are filled; the caller sets it to 0 to start again */
    uint64_t *t;
    uint16_t *x;
    uint16_t *y;
    uint8_t *on;
    size_t trigger_capacity;    /**< length of the trigger arrays; at least 1 */
    size_t trigger_count;
    uint64_t *trigger_t;
    uint8_t *trigger_id;
    uint8_t *trigger_rising;
    size_t counter_capacity;    /**< length of the counter arrays; at least 1 */
    size_t counter_count;
    uint64_t *counter_t;
    uint32_t *counter_events;
    uint8_t *counter_is_output;
} neuromorphic_columns;

#define NEUROMORPHIC_COLUMNS_INIT                                                                                      \
    { sizeof(neuromorphic_columns), 0, 0, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL }

/**
 * Makes a decoder.
 *
 * @param format as in a RAW header: "EVT2", "EVT3", "EVT4", "EVT21" (little-endian) or "EVT21;endianness=legacy"
 *               (upper half first).
 * @param width  pixels of the sensor, 1 .. 2048.
 * @param height pixels of the sensor, 1 .. 2048.
 * @param out    receives the decoder; free it with neuromorphic_decoder_free.
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_INVALID_ARGUMENT, NEUROMORPHIC_ERROR_UNSUPPORTED (no such format).
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_decoder_create(const char *format, uint16_t width, uint16_t height,
                                                                 neuromorphic_decoder **out);

/**
 * Decodes bytes into the caller's arrays, behind what they already hold.
 *
 * The stream may be cut anywhere: what a cut leaves unfinished is kept for the next call. Decoding stops early where
 * the arrays may lack room for the next word: then *consumed is less than length, and the rest is for the next call,
 * with emptied arrays. With 64 free events, a free trigger and a free counter, it never stops before the first word.
 * Any bytes decode; what is unusable is skipped and counted.
 *
 * @param bytes    the stream's next bytes; NULL only when length is 0.
 * @param length   bytes.
 * @param columns  the arrays; appended to, counts updated.
 * @param consumed receives how many bytes were used.
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_INVALID_ARGUMENT (also: an array that is NULL or too short),
 *         NEUROMORPHIC_ERROR_INVALID_HANDLE, NEUROMORPHIC_ERROR_INVALID_STRUCT_SIZE, NEUROMORPHIC_ERROR_BUSY (another
 *         thread is in it).
 * @note  One thread at a time per decoder.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_decoder_decode(neuromorphic_decoder *decoder, const void *bytes,
                                                                 size_t length, neuromorphic_columns *columns,
                                                                 size_t *consumed);

/**
 * Tells a decoder that bytes are missing before the next ones: what was unfinished is dropped, and nothing is emitted
 * until the stream has said its time (and, in EVT3, its row) again. The time's wraps so far are kept.
 *
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_INVALID_HANDLE, NEUROMORPHIC_ERROR_INVALID_ARGUMENT,
 *         NEUROMORPHIC_ERROR_BUSY.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_decoder_resynchronise(neuromorphic_decoder *decoder);

/**
 * The decoder's time: that of the latest time word or event, microseconds of the sensor's clock; 0 before the first.
 *
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_INVALID_ARGUMENT, NEUROMORPHIC_ERROR_INVALID_HANDLE,
 *         NEUROMORPHIC_ERROR_BUSY.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_decoder_current_t(neuromorphic_decoder *decoder, uint64_t *out);

/**
 * Tells what was wrong with a decoder's stream so far.
 *
 * @param out a struct prepared with NEUROMORPHIC_DEFECTS_INIT.
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_INVALID_ARGUMENT, NEUROMORPHIC_ERROR_INVALID_HANDLE,
 *         NEUROMORPHIC_ERROR_INVALID_STRUCT_SIZE, NEUROMORPHIC_ERROR_BUSY.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_decoder_defects(neuromorphic_decoder *decoder,
                                                                  neuromorphic_defects *out);

/**
 * Frees a decoder. NULL is fine.
 *
 * @since 0.1
 */
NEUROMORPHIC_API void neuromorphic_decoder_free(neuromorphic_decoder *decoder);

/* ---- Recording ------------------------------------------------------------------------------------------------- */

/** A RAW file that is being written. */
typedef struct neuromorphic_recording neuromorphic_recording;

/**
 * Starts a RAW file for what a device delivers. The header says the device's format, geometry, serial number and
 * sensor, as Prophesee's tools and their relatives read them.
 *
 * @param path      the file; its folder must be there.
 * @param device    a device opened with raw = 1. It is only asked what it is: it may be closed before the recording.
 * @param overwrite 1 replaces a file that is there; 0 refuses.
 * @param out       receives the recording; end it with neuromorphic_recording_close.
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_INVALID_ARGUMENT, NEUROMORPHIC_ERROR_INVALID_HANDLE,
 *         NEUROMORPHIC_ERROR_ALREADY_EXISTS, NEUROMORPHIC_ERROR_NOT_FOUND, NEUROMORPHIC_ERROR_PERMISSION_DENIED,
 *         NEUROMORPHIC_ERROR_IO. On failure no new file is left.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_recording_create(const char *path, neuromorphic_device *device,
                                                                   uint32_t overwrite, neuromorphic_recording **out);

/**
 * Appends a raw packet's bytes. They are with the system when the call returns, so that a crash of the program loses
 * none of them.
 *
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_INVALID_ARGUMENT (not a raw packet), NEUROMORPHIC_ERROR_INVALID_HANDLE,
 *         NEUROMORPHIC_ERROR_BUSY, NEUROMORPHIC_ERROR_IO (disk full, for one: the file then ends with the last whole
 *         packet).
 * @note  One thread at a time per recording.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_recording_write(neuromorphic_recording *recording,
                                                                  const neuromorphic_packet *packet);

/**
 * Waits until what was written has reached the disk, so that a power failure loses none of it.
 *
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_INVALID_ARGUMENT, NEUROMORPHIC_ERROR_INVALID_HANDLE,
 *         NEUROMORPHIC_ERROR_BUSY, NEUROMORPHIC_ERROR_IO.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_recording_sync(neuromorphic_recording *recording);

/**
 * Ends a recording: syncs and closes the file. The handle is gone also when it fails.
 *
 * @return NEUROMORPHIC_OK (also for NULL), NEUROMORPHIC_ERROR_INVALID_HANDLE, NEUROMORPHIC_ERROR_IO.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_recording_close(neuromorphic_recording *recording);

/* ---- Femtosense SPU -------------------------------------------------------------------------------------------- */

/**
 * Femtosense's SPU is loaded by a board's firmware from an SD card: by two text files, 0PROG_A and 0PROG_D, that list
 * writes to the chip's bus, addresses in one and values in the other. These functions make them of what the vendor's
 * compiler, femtocrux, leaves in a folder: metadata.yaml and, for each core, six files of hexadecimal words,
 * test_core_<core>_<memory>_initial_py_hex.txt (data_mem, table_mem, sboard, rqueue, progbuf, instr_mem).
 *
 *     neuromorphic_femto_program *program;
 *     if (neuromorphic_femto_build("compiled", NULL, &program) == NEUROMORPHIC_OK) {
 *         neuromorphic_femto_program_write(program, "/media/card", 0, 0);
 *         neuromorphic_femto_program_free(program);
 *     }
 *
 * Source of formats, addresses and order: femtodriverpub 1.1.0 and the records that it writes. None of this was tried
 * on a chip.
 */
typedef struct neuromorphic_femto_program neuromorphic_femto_program;

/** A version of the chip. */
typedef enum neuromorphic_femto_chip {
    /** The one that the environment's FS_HW_ISA names, else FS_HW_CFG (spu1p2v1.dat or spu1p3v1.dat), else SPU1P3. */
    NEUROMORPHIC_FEMTO_CHIP_DEFAULT = 0,
    NEUROMORPHIC_FEMTO_CHIP_SPU1P2 = 1, /**< instruction set 1.2 */
    NEUROMORPHIC_FEMTO_CHIP_SPU1P3 = 2  /**< instruction set 1.3, with registers for a key and a salt */
} neuromorphic_femto_chip;

/**
 * Told now and then how far the making of a program is.
 *
 * @param context the options' progress_context.
 * @param done    bytes of the memories' files that were read.
 * @param total   bytes that they have.
 * @return 0 to go on; anything else ends the call with NEUROMORPHIC_ERROR_INTERRUPTED.
 */
typedef int (*neuromorphic_femto_progress)(void *context, uint64_t done, uint64_t total);

/** How to make a program. Zero means the default. */
typedef struct neuromorphic_femto_options {
    size_t struct_size;           /**< sizeof(neuromorphic_femto_options) as the caller was compiled */
    neuromorphic_femto_chip chip; /**< for which version of the chip */
    uint32_t lenient;             /**< 1 takes what the vendor's tool takes: banks that are larger than the memory's
                                       spill into the next one's addresses, of a bank or of the instructions that the
                                       file is short of what there is is written, a core without bank sizes goes
                                       without that memory, cores that inst_counts doesn't have are not looked at,
                                       table values may have over 16 bits, and files more words than the memory.
                                       0 refuses all of it */
    uint32_t has_key_index;       /**< 1: key_index holds. 0: the environment's FS_ENCRYPTION_KEY_IDX, or else 0 */
    uint32_t key_index;           /**< which of the chip's keys, 0 .. 31; SPU1P2 has none */
    uint32_t has_salt;            /**< 1: salt holds. 0: the environment's FS_ENCRYPTION_SALT, or else 0 */
    uint32_t reserved;            /**< 0 */
    uint64_t salt;                /**< SPU1P2 has none */
    neuromorphic_femto_progress progress; /**< NULL: nobody is told. Called by the caller's thread, during the call */
    void *progress_context;
} neuromorphic_femto_options;

#define NEUROMORPHIC_FEMTO_OPTIONS_INIT                                                                                \
    { sizeof(neuromorphic_femto_options), NEUROMORPHIC_FEMTO_CHIP_DEFAULT, 0, 0, 0, 0, 0, 0, NULL, NULL }

/**
 * Makes a program of a compiler's output folder. Nothing is written.
 *
 * @param folder  the folder that holds metadata.yaml.
 * @param options how; NULL for the defaults. Read during the call only.
 * @param out     receives the program; free it with neuromorphic_femto_program_free.
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_NOT_FOUND (a file is missing), NEUROMORPHIC_ERROR_INVALID_FILE (one is
 *         not what it should be: the sentence says which, the line, and what was expected there),
 *         NEUROMORPHIC_ERROR_INVALID_ARGUMENT, NEUROMORPHIC_ERROR_OUT_OF_RANGE (the key), NEUROMORPHIC_ERROR_UNSUPPORTED
 *         (a key for SPU1P2), NEUROMORPHIC_ERROR_INVALID_STRUCT_SIZE, NEUROMORPHIC_ERROR_PERMISSION_DENIED,
 *         NEUROMORPHIC_ERROR_INTERRUPTED, NEUROMORPHIC_ERROR_OUT_OF_MEMORY, NEUROMORPHIC_ERROR_IO.
 * @note  Memory is bounded whatever the files hold: 256 KiB of metadata.yaml, 64 MiB of any other file.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_femto_build(const char *folder,
                                                              const neuromorphic_femto_options *options,
                                                              neuromorphic_femto_program **out);

/** A file of a compiler's output that is held in memory. */
typedef struct neuromorphic_femto_file {
    const char *name;  /**< as in the folder, such as "metadata.yaml" */
    const void *bytes; /**< NULL only when length is 0 */
    size_t length;     /**< bytes */
} neuromorphic_femto_file;

/**
 * Makes a program of a compiler's output that is held in memory.
 *
 * @param files   the same files as in a folder, in any order; others are not looked at. Read during the call only.
 * @param count   how many.
 * @param options how; NULL for the defaults.
 * @param out     receives the program; free it with neuromorphic_femto_program_free.
 * @return as neuromorphic_femto_build.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_femto_build_from_memory(const neuromorphic_femto_file *files,
                                                                          size_t count,
                                                                          const neuromorphic_femto_options *options,
                                                                          neuromorphic_femto_program **out);

/** What a program holds. Words are those of all cores together. */
typedef struct neuromorphic_femto_summary {
    size_t struct_size;           /**< sizeof(neuromorphic_femto_summary) as the caller was compiled */
    neuromorphic_femto_chip chip; /**< for which it is; never DEFAULT */
    uint32_t cores;
    uint32_t data_banks;  /**< that are powered and written */
    uint32_t table_banks; /**< that are powered and written */
    uint64_t data_words;
    uint64_t table_words;
    uint64_t sboard_words;
    uint64_t rqueue_words;
    uint64_t progbuf_words;
    uint64_t instructions;
    uint64_t records;    /**< writes to the chip's bus */
    uint64_t file_bytes; /**< of each of the two files: 9 a record */
} neuromorphic_femto_summary;

#define NEUROMORPHIC_FEMTO_SUMMARY_INIT                                                                                \
    { sizeof(neuromorphic_femto_summary), NEUROMORPHIC_FEMTO_CHIP_DEFAULT, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/**
 * Tells what a program holds.
 *
 * @param out a struct prepared with NEUROMORPHIC_FEMTO_SUMMARY_INIT.
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_INVALID_ARGUMENT, NEUROMORPHIC_ERROR_INVALID_HANDLE,
 *         NEUROMORPHIC_ERROR_INVALID_STRUCT_SIZE.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_femto_program_summary(neuromorphic_femto_program *program,
                                                                        neuromorphic_femto_summary *out);

/**
 * Gives a program's two texts, which are what the files hold: a line a record, of eight lower-case hexadecimal digits
 * and a line feed. They are not copied, and live as long as the program. They don't end with a NUL.
 *
 * @param addresses receives the byte addresses' text (PROG_A).
 * @param data      receives the values' text (PROG_D).
 * @param length    receives the bytes of each.
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_INVALID_ARGUMENT, NEUROMORPHIC_ERROR_INVALID_HANDLE.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_femto_program_texts(neuromorphic_femto_program *program,
                                                                      const char **addresses, const char **data,
                                                                      size_t *length);

/**
 * Writes a program's two files into a folder, such as an SD card's.
 *
 * Both are written under other names (.part), brought to the disk and read back before they are moved to their places.
 * On failure the folder is as it was.
 *
 * @param folder    where; it must be there.
 * @param slot      0 .. 9, the names' first digit; a card may hold several programs.
 * @param overwrite 1 replaces files that are there; 0 refuses.
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_ALREADY_EXISTS, NEUROMORPHIC_ERROR_OUT_OF_RANGE (the slot),
 *         NEUROMORPHIC_ERROR_NOT_FOUND, NEUROMORPHIC_ERROR_PERMISSION_DENIED, NEUROMORPHIC_ERROR_IO,
 *         NEUROMORPHIC_ERROR_INVALID_FILE (what was read back is not what was written),
 *         NEUROMORPHIC_ERROR_INVALID_ARGUMENT, NEUROMORPHIC_ERROR_INVALID_HANDLE.
 * @note  One thread or process at a time per folder and slot.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_femto_program_write(neuromorphic_femto_program *program,
                                                                      const char *folder, uint32_t slot,
                                                                      uint32_t overwrite);

/**
 * Reads a folder's two files and tells whether they are this program.
 *
 * @return NEUROMORPHIC_OK, NEUROMORPHIC_ERROR_INVALID_FILE (with the first line that differs),
 *         NEUROMORPHIC_ERROR_NOT_FOUND, NEUROMORPHIC_ERROR_OUT_OF_RANGE (the slot),
 *         NEUROMORPHIC_ERROR_PERMISSION_DENIED, NEUROMORPHIC_ERROR_IO, NEUROMORPHIC_ERROR_INVALID_ARGUMENT,
 *         NEUROMORPHIC_ERROR_INVALID_HANDLE.
 * @since 0.1
 */
NEUROMORPHIC_API neuromorphic_status neuromorphic_femto_program_verify(neuromorphic_femto_program *program,
                                                                       const char *folder, uint32_t slot);

/**
 * Frees a program and its texts. NULL is fine.
 *
 * @since 0.1
 */
NEUROMORPHIC_API void neuromorphic_femto_program_free(neuromorphic_femto_program *program);

#ifdef __cplusplus
}
#endif

#endif /* NEUROMORPHIC_H */
