package io.daybook.process;

import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.ScanPage;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import io.daybook.process.ProcessEvent.TimerSet;
import java.util.ArrayList;
import java.util.List;

/** Restores the timers of all instances of a process from the process streams. */
final class TimerRestoration {

    private final EventStore store;
    private final InstanceStreams streams;
    private final TimerStore timers;

    TimerRestoration(EventStore store, InstanceStreams streams, TimerStore timers) {
        this.store = store;
        this.streams = streams;
        this.timers = timers;
    }

    /** Restores the timers, and returns how many were set. */
    long run(String process) {
        long set = 0;
        for (String range : store.scanRanges()) {
            String after = "";
            do {
                ScanPage page = store.scan(range, after);
                for (EventEnvelope event : page.events()) {
                    EventMetadata metadata = event.metadata();
                    // each instance has exactly one first event
                    if (metadata.sequenceNumber() == 1
                            && metadata.aggregateType().equals(process)) {
                        set += restore(StreamId.of(process, metadata.aggregateId()));
                    }
                }
                after = page.next();
            } while (!after.isEmpty());
        }
        return set;
    }

    private long restore(StreamId stream) {
        Instance instance;
        try {
            instance = streams.load(stream);
        } catch (StreamDeletedException e) {
            return 0;
        }
        List<TimerSet> set = new ArrayList<>(instance.timers().values());
        for (Instance.Pending command : instance.unanswered().values()) {
            TimerSet resend = command.next();
            if (resend != null) {
                set.add(resend);
            }
        }
        set.forEach(timer -> timers.set(new ProcessTimer(stream, timer.key(), timer.due())));
        return set.size();
    }
}
