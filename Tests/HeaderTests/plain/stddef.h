/* Empty: cffi and its like know size_t by themselves. */
