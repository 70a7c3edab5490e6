// libyaml's header, and what Swift can't take from its unions and macros.
#include <yaml.h>

/// How much deeper a text's maps and lists are nested after an event.
static inline int libyaml_nesting(const yaml_event_t *event) {
    switch (event->type) {
    case YAML_MAPPING_START_EVENT:
    case YAML_SEQUENCE_START_EVENT: return 1;
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT: return -1;
    default: return 0;
    }
}
/// Whether aliases may refer to what an event begins.
static inline int libyaml_has_anchor(const yaml_event_t *event) {
    switch (event->type) {
    case YAML_MAPPING_START_EVENT: return event->data.mapping_start.anchor != NULL;
    case YAML_SEQUENCE_START_EVENT: return event->data.sequence_start.anchor != NULL;
    case YAML_SCALAR_EVENT: return event->data.scalar.anchor != NULL;
    default: return 0;
    }
}

static inline const yaml_node_t *libyaml_node(const yaml_document_t *document, int number) {
    return number > 0 && document->nodes.start + number <= document->nodes.top ? document->nodes.start + number - 1 : NULL;
}
static inline int libyaml_is_mapping(const yaml_node_t *node) { return node->type == YAML_MAPPING_NODE; }
static inline int libyaml_is_scalar(const yaml_node_t *node) { return node->type == YAML_SCALAR_NODE; }
static inline int libyaml_is_plain(const yaml_node_t *node) {
    return libyaml_is_scalar(node) && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}
static inline const unsigned char *libyaml_text(const yaml_node_t *node) { return node->data.scalar.value; }
static inline size_t libyaml_text_length(const yaml_node_t *node) { return node->data.scalar.length; }
static inline size_t libyaml_pair_count(const yaml_node_t *node) {
    return (size_t)(node->data.mapping.pairs.top - node->data.mapping.pairs.start);
}
static inline yaml_node_pair_t libyaml_pair(const yaml_node_t *node, size_t index) {
    return node->data.mapping.pairs.start[index];
}
