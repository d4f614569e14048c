package io.daybook.cosmos;

import reactor.core.scheduler.Schedulers;

/** A check of the thread that calls a blocking method. */
final class CallingThread {

    private CallingThread() {}

    /**
     * Refuses a thread of Reactor that must not block. It would send the request and then not be allowed to wait for the answer, so
     * an append would be stored and reported as unknown.
     *
     * @param what what the caller wants, for the message
     * @throws IllegalStateException if it is such a thread
     */
    static void requireMayBlock(String what) {
        if (Schedulers.isInNonBlockingThread()) {
            throw new IllegalStateException(
                    what + " blocks and was called on the thread "
                            + Thread.currentThread().getName()
                            + ", on which Reactor does not allow that: call it on Schedulers.boundedElastic() or a thread of your own");
        }
    }
}
