package io.daybook.projection;

import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import io.daybook.projection.SimulatedStreams.Changed;
import io.daybook.projection.SimulatedStreams.Emptied;
import io.daybook.projection.SimulatedStreams.Happened;
import io.daybook.projection.SimulatedStreams.Poisonous;
import io.daybook.projection.SimulatedStreams.Unimportant;
import io.daybook.readmodel.StoredDocument;
import java.util.List;
import java.util.Optional;

/** One random history of a projection of one stream into one document. */
final class DocumentSimulation extends ProjectionSimulation<DocumentRunner<DocumentSimulation.Trail>> {

    /** Everything that was folded, so that any wrong event shows. */
    record Trail(String trail) {}

    private static final Projection<Trail> PROJECTION = Projection.named(
                    "simulated", 1, TYPE, Happened.class, Trail.class)
            .on(Changed.class, (trail, event, metadata) -> changed(trail, event.what()))
            .on(Emptied.class, (trail, event, metadata) -> null)
            .on(Poisonous.class, (trail, event, metadata) -> poisoned(trail, event.what()))
            .ignoring(Unimportant.class)
            .build();

    private DocumentSimulation(long seed) {
        super(seed);
        startInstances(parks -> PROJECTION.runner(this, streams, new ProjectionCounters(), parks));
    }

    /** Runs the history of a seed; the answer is what went wrong, or nothing. */
    static String run(long seed) {
        return new DocumentSimulation(seed).run(160);
    }

    private static Trail changed(Trail trail, String what) {
        return new Trail(trail == null ? what : trail.trail() + " " + what);
    }

    private static Trail poisoned(Trail trail, String what) {
        poison();
        return changed(trail, what);
    }

    private static Optional<String> truth(List<EventEnvelope> history) {
        Trail trail = null;
        for (EventEnvelope event : history) {
            if (event.event() instanceof Changed changed) {
                trail = changed(trail, changed.what());
            } else if (event.event() instanceof Poisonous poison) {
                trail = changed(trail, poison.what());
            } else if (event.event() instanceof Emptied) {
                trail = null;
            }
        }
        return Optional.ofNullable(trail).map(each -> "{\"trail\":\"" + each.trail() + "\"}");
    }

    @Override
    void startReader(DocumentRunner<Trail> instance, StreamId stream) {
        workers.add(List.of(stream), () -> new ReadRepair<>(instance).atLeast(stream, 3));
    }

    @Override
    void requireTrue(List<StoredDocument> written) {
        for (StoredDocument document : written) {
            List<EventEnvelope> history = streams.historyOf(document.eventId());
            boolean position = document.gone() || history.size() == document.sequenceNumber();
            String truth = document.gone() ? "" : truth(history).orElse("");
            if (!position || !document.content().equals(truth)) {
                wrong(document + " holds " + document.content() + " instead of " + truth);
            }
        }
    }
}
