/* Compiles alone and without a warning, as C and as C++: the header first, and each of its ..._INIT used once. */
#include <neuromorphic.h>

int main(void) {
    neuromorphic_configuration configuration = NEUROMORPHIC_CONFIGURATION_INIT;
    neuromorphic_setting setting = NEUROMORPHIC_SETTING_INIT;
    neuromorphic_open_options options = NEUROMORPHIC_OPEN_OPTIONS_INIT;
    neuromorphic_properties properties = NEUROMORPHIC_PROPERTIES_INIT;
    neuromorphic_defects defects = NEUROMORPHIC_DEFECTS_INIT;
    neuromorphic_statistics statistics = NEUROMORPHIC_STATISTICS_INIT;
    neuromorphic_columns columns = NEUROMORPHIC_COLUMNS_INIT;
    neuromorphic_femto_options femto_options = NEUROMORPHIC_FEMTO_OPTIONS_INIT;
    neuromorphic_femto_summary femto_summary = NEUROMORPHIC_FEMTO_SUMMARY_INIT;
    int64_t timeout_us = NEUROMORPHIC_FOREVER;
    uint32_t version = NEUROMORPHIC_VERSION;

    /* struct_size is set, so the macro fits its struct; the rest is looked at so that nothing here goes unused. */
    int right = configuration.struct_size == sizeof configuration && setting.struct_size == sizeof setting &&
                options.struct_size == sizeof options && properties.struct_size == sizeof properties &&
                defects.struct_size == sizeof defects && statistics.struct_size == sizeof statistics &&
                columns.struct_size == sizeof columns &&
                femto_options.struct_size == sizeof femto_options &&
                femto_summary.struct_size == sizeof femto_summary && timeout_us < 0 && version > 0;
    return right ? 0 : 1;
}
