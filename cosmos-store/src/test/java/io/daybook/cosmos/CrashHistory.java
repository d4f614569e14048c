package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.contract.ContractEvent.Noted;
import io.daybook.cosmos.CrashScript.Kind;
import io.daybook.cosmos.CrashScript.Step;
import io.daybook.cosmos.CrashWriter.Ack;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.HandledCommand;
import io.daybook.eventstore.StreamId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The results that the writers of one run received, and the check that they match the stored events. */
final class CrashHistory {

    private final int seed;
    private final Map<List<Integer>, Ack> acks = new HashMap<>(); // by writer and step
    private final List<String> twice = new ArrayList<>();

    CrashHistory(int seed) {
        this.seed = seed;
    }

    synchronized void add(Ack ack) {
        assertThat(ack.seed()).isEqualTo(seed);
        if (acks.put(List.of(ack.writer(), ack.step()), ack) != null) {
            twice.add(ack.line());
        }
    }

    synchronized List<Ack> acks() {
        return List.copyOf(acks.values());
    }

    /** From which step on a writer has to go on when its process is started again. */
    synchronized int next(int writer) {
        return 1
                + acks.values().stream()
                        .filter(ack -> ack.writer() == writer)
                        .mapToInt(Ack::step)
                        .max()
                        .orElse(-1);
    }

    /** What is stored of one command, or of one append without a command: where each of its events stands. */
    private record Stored(List<String> texts, List<Long> numbers, List<String> eventIds, Set<String> commandIds) {

        Stored() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new HashSet<>());
        }
    }

    private static String key(StreamId stream, String id) {
        return stream + " " + id;
    }

    /**
     * Checks all that was promised.
     *
     * @param store to read what is stored
     * @param interrupted of each writer, the step at which its process was killed, or -1
     */
    synchronized void check(EventStore store, int[] interrupted) {
        assertThat(twice).as("acknowledged twice").isEmpty();
        Map<String, Stored> stored = read(store);
        Set<String> asked = new HashSet<>();
        Map<String, Ack> firsts = new HashMap<>();
        for (int writer = 0; writer < CrashScript.WRITERS; writer++) {
            List<Step> steps = CrashScript.steps(seed, writer);
            for (int i = 0; i < steps.size(); i++) {
                Step step = steps.get(i);
                String key = key(step.stream(), step.id());
                asked.add(key);
                Ack ack = acks.get(List.of(writer, i));
                if (ack == null) {
                    // An append without a command whose process was killed: stored as a whole, or not at all.
                    assertThat(step.kind())
                            .as("%s was never acknowledged", step)
                            .isEqualTo(Kind.PLAIN);
                    assertThat(i).as("%s was left out", step).isEqualTo(interrupted[writer]);
                    if (stored.containsKey(key)) {
                        checkWhole(step, stored.get(key));
                    }
                } else {
                    assertThat(stored)
                            .as("%s was acknowledged and is lost", step)
                            .containsKey(key);
                    checkWhole(step, stored.get(key));
                    checkAck(step, ack, stored.get(key));
                    if (!ack.result().duplicate()) {
                        assertThat(firsts.put(key, ack))
                                .as("%s was applied twice", step)
                                .isNull();
                    }
                    checkCommand(step, ack, store);
                }
            }
        }
        assertThat(asked).as("every stored event was requested").containsAll(stored.keySet());
    }

    /** Reads all streams, which must have every number from 1 on, and no event twice. */
    private Map<String, Stored> read(EventStore store) {
        Map<String, Stored> stored = new HashMap<>();
        Set<String> eventIds = new HashSet<>();
        for (StreamId stream : CrashScript.streams(seed)) {
            long number = 0;
            for (EventEnvelope event : store.read(stream, 0, Long.MAX_VALUE).toList()) {
                number++;
                assertThat(event.metadata().sequenceNumber())
                        .as("a gap in %s", stream)
                        .isEqualTo(number);
                String eventId = event.metadata().eventId();
                assertThat(eventIds.add(eventId))
                        .as("%s is stored twice", eventId)
                        .isTrue();
                String text = ((Noted) event.event()).text();
                Stored one =
                        stored.computeIfAbsent(key(stream, text.substring(0, text.indexOf('#'))), key -> new Stored());
                one.texts().add(text);
                one.numbers().add(number);
                one.eventIds().add(eventId);
                one.commandIds().add(event.metadata().commandId().orElse(""));
            }
            assertThat(store.currentVersion(stream)).isEqualTo(number);
        }
        return stored;
    }

    /** Each event once, all of them next to each other and in order. */
    private static void checkWhole(Step step, Stored stored) {
        for (int i = 0; i < step.events(); i++) {
            assertThat(stored.texts()).as("the events of %s", step).element(i).isEqualTo(step.text(i));
            assertThat(stored.numbers().get(i))
                    .as("the numbers of %s", step)
                    .isEqualTo(stored.numbers().get(0) + i);
        }
        assertThat(stored.texts()).as("%s is stored more than once", step).hasSize(step.events());
        assertThat(stored.commandIds()).containsExactly(step.isCommand() ? step.id() : "");
    }

    private static void checkAck(Step step, Ack ack, Stored stored) {
        assertThat(ack.result().fromSequenceNumber())
                .as("where %s begins", step)
                .isEqualTo(stored.numbers().get(0));
        assertThat(ack.result().toSequenceNumber())
                .as("where %s ends", step)
                .isEqualTo(stored.numbers().get(step.events() - 1));
        if (ack.result().duplicate()) {
            assertThat(step.isCommand()).as("%s cannot be a duplicate", step).isTrue();
            assertThat(ack.certain())
                    .as("%s had taken effect, though the store had said that it had not", step)
                    .isFalse();
        } else {
            assertThat(stored.eventIds())
                    .as("%s was acknowledged with other events", step)
                    .isEqualTo(ack.eventIds());
        }
    }

    private static void checkCommand(Step step, Ack ack, EventStore store) {
        if (step.isCommand()) {
            assertThat(store.findCommand(step.stream(), step.id()))
                    .hasValue(new HandledCommand(
                            step.id(),
                            step.fingerprint(),
                            ack.result().fromSequenceNumber(),
                            ack.result().toSequenceNumber()));
        } else {
            assertThat(store.findCommand(step.stream(), step.id())).isEmpty();
        }
    }
}
