package io.daybook.projection;

import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.ReadModelCollection;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The moves that are to be written to one group, in batches one after the other, because each batch changes the summary. */
final class GroupMoves<S> {

    private static final int MAX_STREAMS = ReadModelCollection.MAX_BATCH - 1;

    private final DocumentKey summary;
    private final Deque<List<Move<S>>> batches = new ArrayDeque<>();
    private int races;

    GroupMoves(DocumentKey summary, List<Move<S>> moves) {
        this.summary = summary;
        for (int from = 0; from < moves.size(); from += MAX_STREAMS) {
            batches.add(moves.subList(from, Math.min(moves.size(), from + MAX_STREAMS)));
        }
    }

    DocumentKey summary() {
        return summary;
    }

    boolean isDone() {
        return batches.isEmpty();
    }

    /** Returns the moves to write next. */
    List<Move<S>> next() {
        return batches.getFirst();
    }

    DocumentKey keyOf(Move<S> move) {
        return GroupKeys.ofContribution(summary.partition(), move.stream());
    }

    /** Returns the keys of the documents that the next batch replaces. */
    List<DocumentKey> keys() {
        List<DocumentKey> keys = new ArrayList<>(List.of(summary));
        next().forEach(move -> keys.add(keyOf(move)));
        return keys;
    }

    void written() {
        batches.removeFirst();
        races = 0;
    }

    /** Keeps the batch, because another writer was faster or the outcome is unknown. */
    void lost() {
        if (++races == ProjectionRunner.MAX_RACES) {
            throw ProjectionRunner.tooManyRaces();
        }
    }

    /** Rejects the stream of the batch, or divides the batch to find the stream that makes the write fail. */
    void failed(Throwable why) {
        List<Move<S>> failed = next();
        written();
        if (failed.size() == 1) {
            failed.get(0).refuse(why);
            return;
        }
        for (int i = failed.size() - 1; i >= 0; i--) {
            batches.addFirst(List.of(failed.get(i)));
        }
    }
}
