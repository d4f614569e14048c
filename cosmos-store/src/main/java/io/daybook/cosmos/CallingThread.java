package io.daybook.cosmos;

import reactor.core.scheduler.Schedulers;

/** The check that a blocking method is not called on a thread that must not block. */
final class CallingThread {

    private CallingThread() {}

    /**
     * Rejects Reactor's non-blocking threads. Reactor would send the request and then refuse to wait for the answer, so an append would
     * be stored and reported as unknown.
     *
     * @param what the call, for the message
     * @throws IllegalStateException if the current thread must not block
     */
    static void requireMayBlock(String what) {
        if (Schedulers.isInNonBlockingThread()) {
            throw new IllegalStateException(what + " blocks, but was called on the thread "
                    + Thread.currentThread().getName()
                    + ", which must not block: call it on Schedulers.boundedElastic() or your own thread");
        }
    }
}
