package io.daybook.projection;

import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.StoredDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Compares stored contributions with fresh folds of their streams, and summaries with the sums of their contributions. A repair writes a
 * contribution and the summary in one conditional write, as projectors do, so it can run alongside them.
 */
final class GroupVerifier<S, D> {

    /** The result of comparing a summary. */
    enum Result {
        RIGHT,
        DIFFERENT,
        /** It changed during each of several comparisons. */
        CHANGING
    }

    private static final int MAX_READS = 10;

    private final GroupRunner<S, D> runner;
    private final ReadModelCollection documents;
    private final GroupWriter<S, D> writer;

    GroupVerifier(GroupRunner<S, D> runner, GroupWriter<S, D> writer) {
        this.runner = runner;
        this.documents = runner.documents;
        this.writer = writer;
    }

    /** Returns the summary of the group that a stream with this share contributes to; null if it contributes to none. */
    @Nullable
    DocumentKey summaryOf(StreamId stream, @Nullable S share) {
        return share == null ? null : runner.summaryOf(stream, share);
    }

    /** Returns the stored contribution of a stream; at position 0 if there is none. */
    StoredDocument contribution(DocumentKey summary, StreamId stream) {
        return stored(GroupKeys.ofContribution(summary.partition(), stream));
    }

    private StoredDocument stored(DocumentKey key) {
        return orNew(documents.read(List.of(key)), key);
    }

    private static StoredDocument orNew(Map<DocumentKey, StoredDocument> stored, DocumentKey key) {
        StoredDocument document = stored.get(key);
        return document == null ? StoredDocument.builder(key).revision(0).build() : document;
    }

    /** Returns whether a contribution shows what its stream, folded up to the contribution's position, contributes to the group. */
    boolean shows(StoredDocument contribution, @Nullable S share) {
        return runner.shows(contribution, in(contribution, share));
    }

    private @Nullable S in(StoredDocument contribution, @Nullable S share) {
        DocumentKey summary = summaryOf(GroupKeys.streamOf(contribution.key()), share);
        return summary != null && summary.partition().equals(contribution.key().partition()) ? share : null;
    }

    Result check(DocumentKey key) {
        for (int reads = 0; reads < MAX_READS; reads++) {
            StoredDocument summary = stored(key);
            StoredDocument sum;
            try {
                sum = writer.summed(summary, shares(key));
            } catch (RuntimeException e) {
                sum = null; // there is no sum of such contributions
            }
            if (sum != null && writer.isSame(summary, sum)) {
                return Result.RIGHT;
            }
            if (stored(key).etag().equals(summary.etag())) {
                return Result.DIFFERENT;
            }
        }
        return Result.CHANGING;
    }

    private Map<String, S> shares(DocumentKey summary) {
        return StoredShares.read(documents, summary.partition(), Integer.MAX_VALUE, this::share);
    }

    /** Returns the share in a contribution, or what its stream contributes if the contribution was edited and cannot be read. */
    private @Nullable S share(StoredDocument contribution) {
        try {
            return runner.json.read(contribution.key(), contribution.content());
        } catch (RuntimeException e) {
            return runner.json.read(contribution.key(), fresh(contribution).content());
        }
    }

    /** Replaces a summary with the sum of its contributions. */
    void repair(DocumentKey summary) {
        repair(summary, null);
    }

    /** Replaces the contribution of a stream with a fresh one, and the summary with the sum. */
    void repair(DocumentKey key, @Nullable StreamId stream) {
        for (int races = 0; races < ProjectionRunner.MAX_RACES; races++) {
            StoredDocument summary = stored(key);
            Map<String, S> shares = shares(key);
            List<StoredDocument> batch = new ArrayList<>();
            if (stream != null) {
                StoredDocument contribution = fresh(contribution(key, stream));
                batch.add(contribution);
                shares.remove(contribution.key().id());
                S share = runner.json.read(contribution.key(), contribution.content());
                if (share != null) {
                    shares.put(contribution.key().id(), share);
                }
            }
            batch.add(0, writer.summed(summary, shares));
            if (documents.write(batch).isWritten()) {
                return;
            }
        }
        throw ProjectionRunner.tooManyRaces();
    }

    /** Returns the next revision of a contribution: at its position, unless it is behind the stream's document or shows a lost event. */
    private StoredDocument fresh(StoredDocument contribution) {
        StreamId stream = GroupKeys.streamOf(contribution.key());
        try {
            long shown = Objects.requireNonNull(
                            runner.states.stored(List.of(stream)).get(stream))
                    .sequenceNumber();
            Folded<S> folded = fold(stream, Math.max(shown, contribution.sequenceNumber()));
            if (contribution.sequenceNumber() > shown && !contribution.eventId().equals(folded.eventId())) {
                folded = fold(stream, shown);
            }
            return contribution
                    .next()
                    .position(folded.number(), folded.eventId())
                    .content(runner.json
                            .write(contribution.key(), in(contribution, folded.value()))
                            .json())
                    .gone(false)
                    .build();
        } catch (StreamDeletedException e) {
            return contribution.next().content("").gone(true).build();
        }
    }

    private Folded<S> fold(StreamId stream, long to) {
        return runner.folder.fresh(stream, runner.states.none(stream), to).folded();
    }
}
