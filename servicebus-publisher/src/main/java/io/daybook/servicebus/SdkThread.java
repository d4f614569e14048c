package io.daybook.servicebus;

import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A way to call the SDK in the threads of a scheduler.
 *
 * <p>{@code Mono.subscribeOn} must not be used for that: if the response arrives in another thread before the call has returned, it
 * interrupts the calling thread, and an interrupt closes the pipe to the connection, which all sessions share.
 */
final class SdkThread {

    private SdkThread() {}

    /** Returns a mono that is subscribed to in a thread of the scheduler, which is never interrupted. */
    static <T> Mono<T> call(Scheduler scheduler, Mono<T> question) {
        return Mono.create(answer -> scheduler.schedule(
                () -> answer.onDispose(question.subscribe(answer::success, answer::error, answer::success))));
    }
}
