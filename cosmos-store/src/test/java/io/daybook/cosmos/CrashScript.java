package io.daybook.cosmos;

import io.daybook.contract.ContractEvent;
import io.daybook.contract.ContractEvent.Noted;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** What the writers of a run are to do: follows from the run's seed alone, so that it need not be handed over. */
final class CrashScript {

    static final int WRITERS = 4;
    static final int STEPS = 12;
    private static final int STREAMS = 3;

    /** How a step is sent to the store. */
    enum Kind {
        /** A command that is sent by this step for the first time. */
        COMMAND,
        /** A command that another step has sent or will send, as a client does that never got its reply. */
        REPEAT,
        /** An append without a command, which only the event ids tell from another. */
        PLAIN
    }

    /**
     * One thing to do.
     *
     * @param stream where
     * @param id of the command, or of the append; no other on this stream has it
     * @param events how many events
     * @param kind how it is sent
     * @param patienceMillis how long the first attempt may take, 0 for as long as the store likes
     */
    record Step(StreamId stream, String id, int events, Kind kind, int patienceMillis) {

        boolean isCommand() {
            return kind != Kind.PLAIN;
        }

        String fingerprint() {
            return "print-" + id;
        }

        /** The events of one attempt. Each attempt has new event ids. */
        List<EventEnvelope> decide(long afterVersion) {
            return IntStream.range(0, events)
                    .mapToObj(i -> {
                        Noted event = new Noted(text(i), BigDecimal.ONE, Instant.EPOCH);
                        return EventEnvelope.of(
                                ContractEvent.metadata(stream, afterVersion + 1 + i, event)
                                        .commandId(isCommand() ? id : null)
                                        .build(),
                                event);
                    })
                    .toList();
        }

        String text(int index) {
            return id + "#" + index;
        }
    }

    private CrashScript() {}

    /** The steps of one writer, in order. */
    static List<Step> steps(int seed, int writer) {
        Random random = new Random(seed * 31L + writer);
        List<Step> steps = new ArrayList<>();
        while (steps.size() < STEPS) {
            int patience = random.nextInt(3) == 0 ? 5 + random.nextInt(60) : 0;
            int events = 1 + random.nextInt(3);
            StreamId stream = stream(seed, random.nextInt(STREAMS));
            String id = "w" + writer + "-" + steps.size();
            Step earlier = steps.isEmpty() ? null : steps.get(random.nextInt(steps.size()));
            Step step = switch (random.nextInt(6)) {
                case 0 -> shared(seed, random.nextInt(4), patience);
                case 1 -> new Step(stream, id, events, Kind.PLAIN, patience);
                case 2 ->
                    earlier != null && earlier.isCommand()
                            ? new Step(earlier.stream(), earlier.id(), earlier.events(), Kind.REPEAT, patience)
                            : new Step(stream, id, events, Kind.COMMAND, patience);
                default -> new Step(stream, id, events, Kind.COMMAND, patience);
            };
            steps.add(step);
        }
        return steps;
    }

    /** A command that reaches several writers, in both processes. */
    private static Step shared(int seed, int number, int patience) {
        return new Step(stream(seed, number % STREAMS), "shared-" + number, 1 + number % 3, Kind.REPEAT, patience);
    }

    private static StreamId stream(int seed, int number) {
        return StreamId.of("Contract", "crash-" + seed + "-" + number);
    }

    static List<StreamId> streams(int seed) {
        return IntStream.range(0, STREAMS).mapToObj(i -> stream(seed, i)).toList();
    }
}
