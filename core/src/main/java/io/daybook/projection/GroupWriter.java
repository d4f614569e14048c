package io.daybook.projection;

import io.daybook.eventstore.StreamDeletedException;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelUnavailableException;
import io.daybook.readmodel.StoredDocument;
import io.daybook.subscription.FailurePolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes contributions to groups. The contributions of many streams to one group are written together with its summary.
 * Safe for many threads and instances.
 */
final class GroupWriter<S, D> {

    private static final int MAX_STREAMS = ReadModelCollection.MAX_BATCH - 1;
    private static final int MAX_RECENT = 50;

    /** The stored contribution, and the new one. */
    private record Change<S>(
            Move<S> move,
            StoredDocument before,
            StoredDocument after,
            @Nullable S share) {}

    private record Summary<D>(int count, @Nullable D value) {}

    private final ReadModelCollection documents;
    private final StreamFolder<S> folder;
    private final DocumentJson<S> shareJson;
    private final DocumentJson<D> summaryJson;
    private final Summarizing<S, D> summarizing;
    private final DocumentIndexes<D> indexes;
    private final ProjectionCounters counters;

    GroupWriter(
            ReadModelCollection documents,
            StreamFolder<S> folder,
            DocumentJson<S> shareJson,
            DocumentJson<D> summaryJson,
            Summarizing<S, D> summarizing,
            DocumentIndexes<D> indexes,
            ProjectionCounters counters) {
        this.documents = documents;
        this.folder = folder;
        this.shareJson = shareJson;
        this.summaryJson = summaryJson;
        this.summarizing = summarizing;
        this.indexes = indexes;
        this.counters = counters;
    }

    /**
     * Writes the contributions of streams to a group. If one stream makes the write fail, only that stream is rejected.
     */
    void write(DocumentKey summary, List<Move<S>> moves) {
        for (int from = 0; from < moves.size(); from += MAX_STREAMS) {
            List<Move<S>> batch = moves.subList(from, Math.min(moves.size(), from + MAX_STREAMS));
            try {
                writeBatch(summary, batch);
            } catch (RuntimeException | StackOverflowError e) {
                if (!FailurePolicy.isOfEvent(e)) {
                    throw e;
                }
                if (batch.size() == 1) {
                    batch.get(0).refuse(e);
                } else {
                    batch.forEach(move -> write(summary, List.of(move)));
                }
            }
        }
    }

    private void writeBatch(DocumentKey key, List<Move<S>> moves) {
        List<DocumentKey> keys = new ArrayList<>(List.of(key));
        moves.forEach(move -> keys.add(GroupKeys.ofContribution(key.partition(), move.stream())));
        for (int races = 0; races < ProjectionRunner.MAX_RACES; races++) {
            Map<DocumentKey, StoredDocument> stored = documents.read(keys);
            List<Change<S>> changes = new ArrayList<>();
            for (int i = 0; i < moves.size(); i++) {
                Change<S> change = change(GroupKeys.groupOf(key), moves.get(i), orNew(stored, keys.get(i + 1)));
                if (change != null) {
                    changes.add(change);
                }
            }
            if (changes.isEmpty() || isWritten(orNew(stored, key), changes)) {
                return;
            }
            counters.conflict();
        }
        throw ProjectionRunner.tooManyRaces();
    }

    private static StoredDocument orNew(Map<DocumentKey, StoredDocument> stored, DocumentKey key) {
        StoredDocument document = stored.get(key);
        return document == null ? StoredDocument.builder(key).revision(0).build() : document;
    }

    private @Nullable Change<S> change(String group, Move<S> move, StoredDocument stored) {
        move.learn(group, stored);
        if (stored.gone()) {
            if (!move.folded().gone()) {
                move.stop();
            }
            return null;
        }
        if (isOlder(stored, move)) {
            StoredDocument after = move.contribution(group, stored);
            return new Change<>(move, stored, after, after.content().isEmpty() ? null : move.share());
        }
        return null;
    }

    /**
     * Returns whether to replace the stored contribution, because it is older or belongs to a history that the event
     * store no longer has.
     */
    private boolean isOlder(StoredDocument stored, Move<S> move) {
        Folded<S> folded = move.folded();
        if (stored.sequenceNumber() < folded.number() || folded.gone()) {
            return true;
        }
        if (stored.sequenceNumber() == folded.number() && stored.eventId().equals(folded.eventId())) {
            return false;
        }
        try {
            if (folder.isStored(move.stream(), stored.sequenceNumber(), stored.eventId())) {
                return false;
            }
        } catch (StreamDeletedException e) {
            move.stop();
            return false;
        }
        if (isOutdated(folded.before().document())) {
            move.lose();
            return false;
        }
        return true;
    }

    private boolean isOutdated(StoredDocument before) {
        StoredDocument now = documents.read(List.of(before.key())).get(before.key());
        return now == null || !now.etag().equals(before.etag());
    }

    private boolean isWritten(StoredDocument stored, List<Change<S>> changes) {
        String group = GroupKeys.groupOf(stored.key());
        Summary<D> summary =
                summarizing.recomputing() == null ? added(group, stored, changes) : recomputed(stored, changes);
        if (summary == null) {
            return false;
        }
        List<StoredDocument> batch = new ArrayList<>();
        batch.add(next(stored, summary).recent(recent(stored, changes)).build());
        changes.forEach(change -> batch.add(change.after()));
        try {
            boolean isWritten = documents.write(batch).isWritten();
            counters.written(isWritten ? batch.size() : 0);
            return isWritten;
        } catch (ReadModelUnavailableException e) {
            return false; // the positions of the contributions show the outcome
        }
    }

    private StoredDocument.Builder next(StoredDocument stored, Summary<D> summary) {
        D value = summary.value();
        return stored.next()
                .position(summary.count(), "")
                .content(summaryJson.write(stored.key(), value).json())
                .indexValues(value == null ? Map.of() : indexes.valuesOf(value))
                .listed(true);
    }

    /** Returns the next revision of a summary, from all shares of its group. */
    StoredDocument summed(StoredDocument stored, Map<String, S> shares) {
        D value = null;
        if (!shares.isEmpty() && summarizing.recomputing() != null) {
            value = summarizing.recompute(List.copyOf(shares.values()));
        } else {
            for (S share : shares.values()) {
                value = summarizing.add(
                        value == null ? summarizing.start(GroupKeys.groupOf(stored.key())) : value, share);
            }
        }
        return next(stored, new Summary<>(shares.size(), value)).build();
    }

    /** Returns whether a stored summary shows what its next revision would show. */
    boolean isSame(StoredDocument stored, StoredDocument summed) {
        return stored.sequenceNumber() == summed.sequenceNumber()
                && summaryJson.shows(stored, summaryJson.read(summed.key(), summed.content()))
                && stored.indexValues().equals(summed.indexValues())
                && (summed.content().isEmpty() || stored.listed());
    }

    private Summary<D> added(String group, StoredDocument stored, List<Change<S>> changes) {
        int count = (int) stored.sequenceNumber();
        D value = summaryJson.read(stored.key(), stored.content());
        for (Change<S> change : changes) {
            S old = shareJson.read(change.before().key(), change.before().content());
            if (old != null && value != null) {
                count--;
                value = count == 0 ? null : summarizing.remove(value, old);
            }
            S share = change.share();
            if (share != null) {
                count++;
                value = summarizing.add(value == null ? summarizing.start(group) : value, share);
            }
        }
        return new Summary<>(count, value);
    }

    /** Returns null if the contributions do not match the stored summary, because another worker has written in between. */
    private @Nullable Summary<D> recomputed(StoredDocument stored, List<Change<S>> changes) {
        Map<String, S> shares = StoredShares.read(
                documents,
                stored.key().partition(),
                Summarizing.MAX_RECOMPUTED,
                each -> shareJson.read(each.key(), each.content()));
        if (shares.size() != stored.sequenceNumber()) {
            return null;
        }
        for (Change<S> change : changes) {
            S share = change.share();
            if (share == null) {
                shares.remove(change.after().key().id());
            } else {
                shares.put(change.after().key().id(), share);
            }
        }
        return new Summary<>(
                shares.size(), shares.isEmpty() ? null : summarizing.recompute(List.copyOf(shares.values())));
    }

    private static <S> Map<String, Long> recent(StoredDocument stored, List<Change<S>> changes) {
        Map<String, Long> recent = new TreeMap<>();
        changes.forEach(
                change -> recent.put(change.after().key().id(), change.after().sequenceNumber()));
        for (Map.Entry<String, Long> each : new TreeMap<>(stored.recent()).entrySet()) {
            if (recent.size() < MAX_RECENT) {
                recent.putIfAbsent(each.getKey(), each.getValue());
            }
        }
        return recent;
    }
}
