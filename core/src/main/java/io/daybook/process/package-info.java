/**
 * Processes: workflows across several aggregates. A {@link io.daybook.process.ProcessManager} waits for events, sends
 * commands, sets timers and compensates for rejected commands. A {@link io.daybook.process.Reaction} sends a command in
 * response to an event. A {@link io.daybook.process.ProcessRunner} runs both. Start with
 * {@link io.daybook.process.ProcessManager}.
 *
 * <pre>{@code
 * ProcessRunner runner = ProcessRunner.builder(feed, eventStore, bus)
 *         .processStore(processStore, processFeed, new InMemoryTimerStore())
 *         .run(ORDER_EXPIRY)
 *         .start();
 * }</pre>
 *
 * @serial exclude
 */
@NullMarked
package io.daybook.process;

import org.jspecify.annotations.NullMarked;
