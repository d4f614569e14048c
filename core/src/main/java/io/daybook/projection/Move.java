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
 * What one stream has to write to groups: nothing in all that it was in, and last its share in the one that it is in.
 *
 * <p>Another worker that is slow, or has crashed, may have written to other groups, or be about to. It writes to a group that the stream's
 * document names first, together with a list of all its groups. So the list is found there, and what a deletion writes there stops it.
 */
final class Move<S> {

    private final Folded<S> folded;
    private final DocumentJson.Written<S> share;
    private final @Nullable String last;
    private final Set<String> named;
    private final Set<String> groups = new LinkedHashSet<>();
    private final Set<String> left = new LinkedHashSet<>();
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

    /** Whether other workers could not find out where this one writes to, since the stream's document names no group. */
    boolean isUnknown() {
        return named.isEmpty() && !groups.isEmpty();
    }

    /** The stream's document with all groups, at the position where it is. */
    StoredDocument announced() {
        return folded.before().document().next().recent(listed(groups)).build();
    }

    /** The group to write to next, or null if there is none. */
    @Nullable
    String next() {
        if (stopped || refusal != null || left.isEmpty()) {
            return null;
        }
        return left.stream().filter(group -> !group.equals(last)).findFirst().orElse(last);
    }

    void done(String group) {
        left.remove(group);
    }

    /** Learns from a contribution that is stored in a group where other workers of this stream write first. */
    void learn(String group, StoredDocument contribution) {
        if (named.contains(group) && !isSettled(contribution)) {
            add(groupsOf(contribution));
        }
    }

    private boolean isSettled(StoredDocument contribution) {
        StoredDocument document = folded.before().document();
        return contribution.sequenceNumber() == document.sequenceNumber()
                && contribution.eventId().equals(document.eventId());
    }

    /** The contribution to a group in place of the one that is stored. Keeps its list for workers that know a later document. */
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

    /** Another worker has written the stream's document, so that only trying to write it is left, which fails. */
    void lose() {
        left.clear();
    }

    /** The stream was deleted: nothing more is written. */
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

    /** The stream's document after all groups are written: it names the group where the next worker begins. */
    StoredDocument.Builder document(StoredDocument.Builder next) {
        List<String> passed = folded.groups();
        return next.content(share.json())
                .recent(listed(passed.isEmpty() ? named : passed.subList(passed.size() - 1, passed.size())));
    }
}
