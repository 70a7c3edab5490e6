import CPlatform

/// Blocks every signal in the calling thread, so that threads that are started meanwhile never take one.
package struct SignalsBlocked {
    private var before = sigset_t()

    package init() {
        var all = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
    }

    /// Sets the thread's signals as they were.
    package func end() {
        var before = before
        unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
    }
}
