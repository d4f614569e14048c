package io.daybook.projection;

import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.StoredDocument;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The writes of one stream to groups: "nothing" to each group that it was in, and then its share to the group that it is in.
 *
 * <p>Another worker that is slow or has crashed may have written to other groups, or may be about to. It first writes
 * to a group that the stream's document names, together with a list of all its groups. Other workers therefore find the
 * list there, and a deletion that is written there stops the slow worker.
 */
final class Move<S> {

    private final Folded<S> folded;
    private final DocumentJson.Written<S> share;
    private final @Nullable String last;
    private final Set<String> named;
    private final Set<String> groups = new LinkedHashSet<>();
    private final Set<String> left = new LinkedHashSet<>();
    private final Set<String> ahead = new TreeSet<>();
    private boolean foundOtherWorker;
    private boolean stopped;
    private @Nullable Throwable refusal;

    Move(Folded<S> folded, DocumentJson.Written<S> share, @Nullable String last) {
        this.folded = folded;
        this.share = share;
        this.last = last;
        this.named = Set.copyOf(groupsOf(folded.before().document()));
        if (folded.isMoved()) {
            add(groupsOf(folded.before().document()));
            add(folded.groups());
        }
    }

    private static Set<String> groupsOf(StoredDocument document) {
        return new TreeSet<>(document.recent().keySet());
    }

    private Map<String, Long> listed(Collection<String> names) {
        Map<String, Long> listed = new TreeMap<>();
        names.forEach(group -> listed.put(group, folded.number()));
        return listed;
    }

    private void add(Collection<String> more) {
        for (String group : more) {
            if (groups.add(group)) {
                left.add(group);
            }
        }
    }

    StreamId stream() {
        return folded.stream();
    }

    Folded<S> folded() {
        return folded;
    }

    @Nullable
    S share() {
        return share.value();
    }

    /** Returns whether other workers could not find the groups that this one writes to, because the stream's document names no group. */
    boolean isUnknown() {
        return named.isEmpty() && !groups.isEmpty();
    }

    /** Returns the stream's document with all groups, at its current position. */
    StoredDocument announced() {
        return folded.before().document().next().recent(listed(groups)).build();
    }

    /** Returns the group to write to next, or null if there is none. */
    @Nullable
    String next() {
        if (stopped || refusal != null || left.isEmpty()) {
            return null;
        }
        return left.stream().filter(group -> !group.equals(last)).findFirst().orElse(last);
    }

    /** Returns whether a group is still the next one. The last group waits if a contribution in it has named other groups. */
    boolean isNext(String group) {
        return group.equals(next());
    }

    void done(String group) {
        if (isNext(group)) {
            left.remove(group);
        }
    }

    /**
     * Adds the groups that a stored contribution lists, if it is in a group to which other workers of this stream write
     * first.
     */
    void learn(String group, StoredDocument contribution) {
        if (named.contains(group) && isUnsettled(contribution)) {
            foundOtherWorker = true;
            add(groupsOf(contribution));
        }
    }

    /**
     * Returns whether a group is written last although another worker has written to a group that the stream's document
     * names. That worker may have written the document since. Later workers would then not look in this worker's groups.
     */
    boolean isContested(String group) {
        return foundOtherWorker && group.equals(last);
    }

    /** Returns whether another worker has written the contribution that this one replaces, or has written elsewhere. */
    boolean isDisputed(StoredDocument contribution) {
        return !folded.gone() && (foundOtherWorker || isUnsettled(contribution));
    }

    private boolean isUnsettled(StoredDocument contribution) {
        return contribution.revision() > 0 && !isSettled(contribution);
    }

    private boolean isSettled(StoredDocument contribution) {
        StoredDocument document = folded.before().document();
        return contribution.sequenceNumber() == document.sequenceNumber()
                && contribution.eventId().equals(document.eventId());
    }

    /** Returns the contribution that replaces the stored one of a group. Keeps its list for workers that know a later document. */
    StoredDocument contribution(String group, StoredDocument stored) {
        Set<String> all = new TreeSet<>(groups);
        if (!isSettled(stored)) {
            all.addAll(groupsOf(stored));
        }
        return stored.next()
                .position(folded.number(), folded.eventId())
                .content(group.equals(last) ? share.json() : "")
                .recent(listed(all))
                .gone(folded.gone())
                .build();
    }

    /**
     * Remembers a group whose contribution is of a later event. The stream's document then names it too, because that event
     * can still be lost in a failover.
     */
    void skipped(String group, StoredDocument contribution) {
        if (!contribution.eventId().equals(folded.eventId())) {
            ahead.add(group);
        }
    }

    /**
     * Ends the writes to groups, because another worker has written the stream's document. The attempt to write that document then fails.
     */
    void lose() {
        left.clear();
    }

    /** Ends all writes, because the stream was deleted or a failover has replaced its events. */
    void stop() {
        stopped = true;
    }

    boolean isStopped() {
        return stopped;
    }

    void refuse(Throwable why) {
        refusal = why;
    }

    @Nullable
    Throwable refusal() {
        return refusal;
    }

    /** Returns the stream's document after all groups are written. It names the groups where the next worker begins. */
    StoredDocument.Builder document(StoredDocument.Builder next) {
        List<String> passed = folded.groups();
        Set<String> names = new TreeSet<>(ahead);
        names.addAll(passed.isEmpty() ? named : passed.subList(passed.size() - 1, passed.size()));
        return next.content(share.json()).recent(listed(names));
    }
}
