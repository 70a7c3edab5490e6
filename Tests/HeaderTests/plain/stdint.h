/* Empty: cffi and its like know uint32_t and its kin by themselves. */
