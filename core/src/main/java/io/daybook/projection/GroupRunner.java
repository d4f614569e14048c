package io.daybook.projection;

import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.DocumentTooLargeException;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.StoredDocument;
import io.daybook.readmodel.WriteResult;
import io.daybook.subscription.FailurePolicy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs a projection of many streams into one document for each group. The contributions of a stream are written first,
 * and its own document, which contains the position, last. Work that a crash interrupts is therefore done again.
 */
final class GroupRunner<S, D> extends ProjectionRunner<S> {

    /** The documents of streams are stored together with those of groups. */
    private record Keys() implements StreamKeys {
        @Override
        public StreamId streamOf(DocumentKey key) {
            return StreamId.parse(key.id());
        }

        @Override
        public DocumentKey keyOf(StreamId stream) {
            return GroupKeys.ofStream(stream);
        }

        @Override
        public boolean isOfStream(DocumentKey key) {
            return GroupKeys.isOfStream(key);
        }
    }

    private final GroupKeys groupKeys;
    private final Function<S, @Nullable String> groupOf;
    private final GroupWriter<S, D> writer;

    GroupRunner(
            GroupKeys groupKeys,
            ReadModelCollection documents,
            StreamFolder<S> folder,
            DocumentJson<S> json,
            Function<S, @Nullable String> groupOf,
            GroupWriter<S, D> writer,
            ProjectionCounters counters,
            Parks parks) {
        super(documents, new Keys(), folder, json, counters, parks);
        this.groupKeys = groupKeys;
        this.groupOf = groupOf;
        this.writer = writer;
    }

    @Override
    GroupVerifier<S, D> groupVerifier() {
        return new GroupVerifier<>(this, writer);
    }

    /** Returns the summary of the group of a share; null if the share is in no group. */
    @Nullable
    DocumentKey summaryOf(StreamId stream, S share) {
        String group = groupOf.apply(share);
        return group == null ? null : groupKeys.ofSummary(group, stream);
    }

    @Override
    ScanTarget scanTarget() {
        return new ProjectedPages(this);
    }

    @Override
    Map<StreamId, StreamState<S>> write(Collection<Folded<S>> folded, Failures failures) {
        Map<StreamId, StreamState<S>> stored = new LinkedHashMap<>();
        List<Move<S>> moves = moves(folded, stored, failures);
        List<Move<S>> unknown = moves.stream().filter(Move::isUnknown).toList();
        moves.removeIf(Move::isUnknown);
        moves.addAll(moves(announce(unknown, stored, failures), stored, failures));
        writeGroups(moves);
        stored.putAll(writeStreams(moves, failures));
        return stored;
    }

    /** Returns the writes of streams. A stream whose share is rejected is added to the stored states. */
    private List<Move<S>> moves(Collection<Folded<S>> folded, Map<StreamId, StreamState<S>> stored, Failures failures) {
        List<Move<S>> moves = new ArrayList<>();
        for (Folded<S> each : folded) {
            try {
                moves.add(move(each));
            } catch (RuntimeException | StackOverflowError e) {
                if (!FailurePolicy.isOfEvent(e)) {
                    throw e;
                }
                put(stored, each.stream(), refuse(each, e, failures));
            }
        }
        return moves;
    }

    private Map<StreamId, StreamState<S>> writeStreams(List<Move<S>> moves, Failures failures) {
        Map<StreamId, StreamState<S>> stored = new LinkedHashMap<>();
        List<Next<S>> writes = new ArrayList<>();
        for (Move<S> move : moves) {
            Folded<S> folded = move.folded();
            Throwable refusal = move.refusal();
            if (refusal != null) {
                put(stored, folded.stream(), refuse(folded, refusal, failures));
            } else if (move.isStopped()) {
                states.forget(folded.stream());
                stored.put(folded.stream(), folded.before());
            } else {
                writes.add(new Next<>(folded, move.document(next(folded)).build(), move.share()));
            }
        }
        stored.putAll(store(writes, failures));
        return stored;
    }

    private static <S> void put(Map<StreamId, StreamState<S>> stored, StreamId stream, @Nullable StreamState<S> state) {
        if (state != null) {
            stored.put(stream, state);
        }
    }

    private Move<S> move(Folded<S> folded) {
        DocumentJson.Written<S> share = json.write(keys.keyOf(folded.stream()), folded.value());
        S value = share.value();
        return new Move<>(folded, share, value == null ? null : groupOf.apply(value));
    }

    /**
     * Names the first groups of streams in their documents before one of the groups is written. A stream is left out if
     * another writer was faster.
     */
    private List<Folded<S>> announce(List<Move<S>> unknown, Map<StreamId, StreamState<S>> stored, Failures failures) {
        List<Folded<S>> announced = new ArrayList<>();
        List<StoredDocument> next = unknown.stream().map(Move::announced).toList();
        List<WriteResult> results = states.write(next);
        for (int i = 0; i < results.size(); i++) {
            Folded<S> folded = unknown.get(i).folded();
            try {
                StreamState<S> state = states.replaced(
                        new StreamState<>(next.get(i), folded.before().value()), results.get(i));
                if (state != null) {
                    announced.add(folded.after(state));
                }
            } catch (DocumentTooLargeException e) {
                put(stored, folded.stream(), refuse(folded, e, failures));
            }
        }
        return announced;
    }

    private void writeGroups(List<Move<S>> moves) {
        while (true) {
            Map<DocumentKey, List<Move<S>>> next = new LinkedHashMap<>();
            for (Move<S> move : moves) {
                String group = move.next();
                if (group != null) {
                    next.computeIfAbsent(groupKeys.ofSummary(group, move.stream()), unseen -> new ArrayList<>())
                            .add(move);
                }
            }
            if (next.isEmpty()) {
                return;
            }
            List<GroupMoves<S>> groups = new ArrayList<>();
            next.forEach((summary, those) -> groups.add(new GroupMoves<>(summary, those)));
            writer.write(groups);
            next.forEach((summary, those) -> those.forEach(move -> move.done(GroupKeys.groupOf(summary))));
        }
    }
}
