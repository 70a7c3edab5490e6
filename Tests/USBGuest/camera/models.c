#include "models.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Reset values with a public source are the chip ids, the defaults of the register map that the fact sheets list, and
 * bits 23:16 of the last row mask. The others are invented; the biases' low bytes are so on purpose: a chip's factory
 * values are its own, and a driver that takes them for its defaults shall be found out. */
static const struct register_value imx636_resets[] = {
    {0x0000, 0x0F006442}, {0x0004, 0xF0005042}, {0x0014, 0xA0401806}, {0x002C, 0x0022C324}, {0x003C, 719u << 16 | 1279},
    {0x0044, 0xCCFFFCCF}, {0x004C, 0x00007640}, {0x0054, 0x00000210}, {0x005C, 0x00200080}, {0x0070, 0x00400008},
    {0x006C, 0x0EE47114}, {0x00B8, 0x00000400},
    {0x1000, 0x11A10076}, {0x1004, 0x11A1004B}, {0x100C, 0x11A10002}, {0x1010, 0x11A10061}, {0x1014, 0x11A1004F},
    {0x1018, 0x11A10045}, {0x101C, 0x11A10055}, {0x1020, 0x11A1000E}, {0x1040, 0x11A10084}, {0x1044, 0x11A10076},
    {0x1048, 0x11A1008E}, {0x104C, 0x11A1006E}, {0x1050, 0x11A10053},
    {0x4058, 0x00FF0000}, {0x6000, 0x00155400}, {0x6008, 128}, {0x600C, 128}, {0x6028, 0x00000002},
    {0x7000, 0xFFFF0001}, {0x7004, 0x0000C5FF}, {0x8000, 0x0001E085}, {0x9000, 0x00000208}, {0x9008, 0x00000640},
    {0x9010, 0}, {0x9014, 719u << 16 | 1279}, {0x9028, 0}, {0x902C, 0}, {0x9030, 320}, {0x9034, 640}, {0x9038, 960},
    {0x903C, 1280}, {0x9040, 0}, {0x9044, 180}, {0x9048, 360}, {0x904C, 540}, {0x9050, 720}, {0x9058, 1000},
    {0xA000, 0x000B0500}, {0xA004, 0x000B0500}, {0xA008, 0x00002404}, {0xA00C, 0x00020400}, {0xA010, 0x00008068},
    {0xA020, 0x00000050}, {0xB000, 0x00000158}, {0xC000, 0x00000005}, {0xC004, 0x00000034}, {0xC008, 0x00089C0F},
    {0xC0C0, 1630}, {0xD000, 0x00000005}, {0xD0C0, 0x0A118004}, {0xF128, 0},
};

static const struct register_value gen41_resets[] = {
    {0x0000, 0x10006442}, {0x0004, 0xF0005440}, {0x0014, 0xA0301003}, {0x002C, 0x0022C324}, {0x003C, 719u << 16 | 1279},
    {0x0044, 0xCCFF0CCF}, {0x004C, 0x00007140}, {0x0054, 0x00000010}, {0x0070, 0x00400000}, {0x006C, 0x0EE47114},
    {0x1000, 0x11A1C462}, {0x1004, 0x11A1E830}, {0x1008, 0x01210001}, {0x100C, 0x11A1FF00}, {0x1010, 0x11A16369},
    {0x1014, 0x11A15055}, {0x1018, 0x11A13739}, {0x101C, 0x11A15752}, {0x1020, 0x11A9CD34}, {0x1040, 0x11A98A8C},
    {0x1044, 0x11A98A74}, {0x1048, 0x11A98B8A}, {0x104C, 0x11A19270}, {0x1050, 0x11A1B253},
    {0x4058, 0x00FF0000}, {0x6000, 0x00155400}, {0x6008, 128}, {0x600C, 128}, {0x6028, 0x00000002},
    {0x7000, 0xFFFF0001}, {0x7004, 0x0000C5FF}, {0x8000, 0x0001E085}, {0x9000, 0x00000008}, {0x9008, 0x00000640},
    {0x9010, 0}, {0x9014, 719u << 16 | 1279}, {0x9028, 0}, {0x9058, 1000},
    {0xA000, 0x000000A0}, {0xA004, 0x000000A0}, {0xA008, 0x00002400}, {0xA00C, 0x00000400}, {0xA010, 0x00008068},
    {0xA020, 0x00000060}, {0xB000, 0x000002D8}, {0xC000, 0x00000005}, {0xC004, 0x00000034}, {0xC008, 0x00089C0F},
    {0xC0C0, 1630}, {0xD000, 0x00000005}, {0xD0C0, 0x0A118004},
};

static const struct sensor imx636 = {"IMX636", 1280, 720, imx636_resets, COUNT(imx636_resets), 1, 1, 0};
static const struct sensor gen41 = {"Gen4.1", 1280, 720, gen41_resets, COUNT(gen41_resets), 0, 0, 1};
static const struct sensor stranger = {"unknown", 640, 480, NULL, 0, 0, 0, 0};

static const struct model models[] = {
    {"prophesee_evk4", 0x04B4, 0x00F5, "Prophesee", "EVK4", 0x31, "CCam5 Imx636 Event-Based Camera",
     "psee,ccam5_imx636;psee,ccam5_gen42;", &imx636},
    {"prophesee_evk3_hd", 0x04B4, 0x00F4, "Prophesee", "EVK3", 0x30, "CCam5 Gen41 Event-Based Camera",
     "psee,ccam5_gen41;", &gen41},
    {"silkyevcam_hd", 0x31F7, 0x0003, "CenturyArks", "EVK4", 0x31, "CCam5 Imx636 Event-Based Camera",
     "psee,ccam5_imx636;psee,ccam5_gen42;", &imx636},
    {"ids_ue39b0xcp", 0x1409, 0x8E00, "IDS Imaging Development Systems GmbH", "UE-39B0XCP", 0x31,
     "CCam5 Imx636 Event-Based Camera", "psee,ccam5_imx636;psee,ccam5_gen42;", &imx636},
    {"unknown", 0x04B4, 0x00F4, "Prophesee", "EVK3", 0x28, "A camera nobody knows", "psee,ccam5_fpga;", &stranger},
};

const struct model *model_named(const char *name) {
    for (size_t i = 0; i < COUNT(models); ++i) {
        if (strcmp(models[i].name, name) == 0) {
            return &models[i];
        }
    }
    return NULL;
}

void model_names(char *out, size_t capacity) {
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < COUNT(models) && used < capacity; ++i) {
        used += (size_t)snprintf(out + used, capacity - used, "%s%s", i > 0 ? ", " : "", models[i].name);
    }
}
