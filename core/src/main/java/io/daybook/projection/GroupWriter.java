package io.daybook.projection;

import io.daybook.eventstore.StreamDeletedException;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.DocumentTooLargeException;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.StoredDocument;
import io.daybook.readmodel.WriteResult;
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
     * Writes the contributions of streams to groups, several groups at once. If one stream makes a write fail, only that
     * stream is rejected.
     */
    void write(List<GroupMoves<S>> groups) {
        List<GroupMoves<S>> pending = groups;
        while (!pending.isEmpty()) {
            writeNext(pending);
            pending = pending.stream().filter(group -> !group.isDone()).toList();
        }
    }

    private void writeNext(List<GroupMoves<S>> groups) {
        Map<DocumentKey, StoredDocument> stored = documents.read(
                groups.stream().flatMap(group -> group.keys().stream()).toList());
        List<GroupMoves<S>> changed = new ArrayList<>();
        List<List<StoredDocument>> writes = new ArrayList<>();
        for (GroupMoves<S> group : groups) {
            List<StoredDocument> batch = batchOrFailure(group, stored);
            if (!batch.isEmpty()) {
                changed.add(group);
                writes.add(batch);
            }
        }
        List<WriteResult> results = documents.writeEach(writes);
        for (int i = 0; i < results.size(); i++) {
            take(results.get(i), changed.get(i), writes.get(i).size());
        }
    }

    private void take(WriteResult result, GroupMoves<S> group, int written) {
        if (result.isWritten()) {
            counters.written(written);
            group.written();
        } else if (result.failure().orElse(null) instanceof DocumentTooLargeException tooLarge) {
            group.failed(tooLarge);
        } else {
            lost(group); // if the outcome is unknown, the positions of the contributions show it
        }
    }

    private void lost(GroupMoves<S> group) {
        counters.conflict();
        group.lost();
    }

    /** Returns the documents to write; none if the batch is written, failed, or has to be read again. */
    private List<StoredDocument> batchOrFailure(GroupMoves<S> group, Map<DocumentKey, StoredDocument> stored) {
        try {
            return batch(group, stored);
        } catch (RuntimeException | StackOverflowError e) {
            if (!FailurePolicy.isOfEvent(e)) {
                throw e;
            }
            group.failed(e);
            return List.of();
        }
    }

    private List<StoredDocument> batch(GroupMoves<S> group, Map<DocumentKey, StoredDocument> stored) {
        String name = GroupKeys.groupOf(group.summary());
        List<Change<S>> changes = new ArrayList<>();
        for (Move<S> move : group.next()) {
            Change<S> change = change(name, move, orNew(stored, group.keyOf(move)));
            if (change != null) {
                changes.add(change);
            }
        }
        if (changes.isEmpty()) {
            group.written();
            return List.of();
        }
        StoredDocument before = orNew(stored, group.summary());
        Summary<D> summary =
                summarizing.recomputing() == null ? added(name, before, changes) : recomputed(before, changes);
        if (summary == null) {
            lost(group);
            return List.of();
        }
        List<StoredDocument> batch = new ArrayList<>();
        batch.add(next(before, summary).recent(recent(before, changes)).build());
        changes.forEach(change -> batch.add(change.after()));
        return batch;
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
        if (!move.isNext(group)) {
            return null;
        }
        if (move.isContested(group) && isOutdated(move.folded().before().document())) {
            move.lose();
            return null;
        }
        if (isOlder(stored, move)) {
            if (move.isDisputed(stored) && isLost(move.folded())) {
                move.stop();
                return null;
            }
            StoredDocument after = move.contribution(group, stored);
            return new Change<>(move, stored, after, after.content().isEmpty() ? null : move.share());
        }
        move.skipped(group, stored);
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

    /** Returns whether the event store no longer holds the last event of a worker, because its history was replaced. */
    private boolean isLost(Folded<S> folded) {
        try {
            return !folder.isStored(folded.stream(), folded.number(), folded.eventId());
        } catch (StreamDeletedException e) {
            return true;
        }
    }

    private boolean isOutdated(StoredDocument before) {
        StoredDocument now = documents.read(List.of(before.key())).get(before.key());
        return now == null || !now.etag().equals(before.etag());
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
