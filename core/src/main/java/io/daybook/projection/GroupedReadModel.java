package io.daybook.projection;

import io.daybook.eventstore.CommandTimeout;
import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Page;
import io.daybook.readmodel.PagePosition;
import io.daybook.readmodel.ReadModelUnavailableException;
import io.daybook.readmodel.Scan;
import io.daybook.readmodel.StoredDocument;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A reader of the summaries of a {@link GroupedProjection}. Returned by {@link Projector#readModel}. Thread-safe.
 *
 * <p>A read with a token never returns data that is older than the token: streams that are behind are first projected from the event store.
 * Such a read does not wait for the projector, and works even if the projector is stopped. If there is no event store, a read fails if its
 * streams are behind, unless {@link #waiting} allows it to wait.
 *
 * @param <S> the class of a stream's contribution
 * @param <D> the class of the summaries
 */
public final class GroupedReadModel<S, D> {

    private final GroupedProjection<S, D> projection;
    private final GroupRunner<S, D> runner;
    private final ReadRepair<S> repair;
    private final KnownVersions known;
    private final Availability availability;
    private final @Nullable OlderVersion<D> older;
    private final Duration wait;

    GroupedReadModel(
            GroupedProjection<S, D> projection,
            GroupRunner<S, D> runner,
            KnownVersions known,
            Availability availability,
            @Nullable OlderVersion<D> older,
            Duration wait) {
        this.projection = projection;
        this.runner = runner;
        this.repair = new ReadRepair<>(runner);
        this.known = known;
        this.availability = availability;
        this.older = older;
        this.wait = wait;
    }

    /**
     * Returns a read model that reads from an older version until this one is active. Register both versions with the projector and query
     * this one. When this version is {@linkplain Projector#activate activated}, every instance reads from it within 10 seconds. Until then,
     * filters may use only indexes and listings that both versions declare. A list that began in the older version continues there until
     * that version is dropped. Both before and after the switch, a read with a token returns nothing that is older than the token.
     * {@link #contributions} always reads this version.
     *
     * @param <O> the class of the older documents
     * @param older the read model of the older version
     * @param upgrade a pure function that converts a summary of the older version to one of this version
     * @return the read model
     * @throws IllegalArgumentException if {@code older} is not an older version of the same read model
     */
    public <O> GroupedReadModel<S, D> fallingBackTo(GroupedReadModel<?, O> older, Function<O, D> upgrade) {
        OlderVersion<D> version = new OlderVersion<D>(
                        older.availability,
                        (group, token) -> older.get(group, token).map(found -> found.map(upgrade)),
                        (filter, token) -> older.find(filter, token).map(found -> found.map(upgrade)))
                .of(availability);
        return new GroupedReadModel<>(projection, runner, known, availability, version, wait);
    }

    /**
     * Returns whether this version is active and therefore serves lists. Until it is, a read model can
     * {@linkplain #fallingBackTo fall back} to an older version. This method makes no request. While the projector is open, its result is
     * at most 10 seconds behind the stored state.
     *
     * @return whether this version is active
     */
    public boolean isActive() {
        return availability.isActive();
    }

    /**
     * Returns a read model whose reads with a token wait until the required events have been delivered. Use this method if the projector
     * has no event store: without it, such a read fails immediately. If the projector has an event store, reads never wait, and this method
     * has no effect.
     *
     * @param longest the maximum time that a read waits, 0 or more; for example, the {@code n} seconds of the HTTP header
     *     {@code Prefer: wait=n}
     * @return the read model
     * @throws IllegalArgumentException if the time is negative
     */
    public GroupedReadModel<S, D> waiting(Duration longest) {
        return new GroupedReadModel<>(projection, runner, known, availability, older, ReadRepair.requireWait(longest));
    }

    /**
     * Returns the summary of a group.
     *
     * @param group the key of the group
     * @return the summary; empty if no stream contributes to the group
     * @throws IllegalArgumentException if the key is empty, has more than 512 bytes in UTF-8, or contains an unpaired surrogate
     * @throws ReadModelNotReadyException if this version is not complete
     * @throws ReadModelUnavailableException if the summary cannot be read
     */
    public Optional<ReadDocument<D>> get(String group) {
        return get(group, ConsistencyToken.none());
    }

    /**
     * Returns the summary of a group, brought up to date with a token if necessary.
     *
     * @param group the key of the group
     * @param token the minimum stream versions that the summary must show. If the event store does not contain that
     *     version of a stream yet, the read returns the current summary. Further reads check the event store for that
     *     version again only after 1 second, or once this process {@linkplain Projector#acknowledged acknowledges} it
     * @return the summary; empty if no stream contributes to the group
     * @throws IllegalArgumentException if the key is empty, has more than 512 bytes in UTF-8, or contains an unpaired surrogate
     * @throws ReadModelNotReadyException if this version is not complete
     * @throws StreamParkedException if an event that the token requires could not be projected
     * @throws ReadModelUnavailableException if the summary cannot be read or brought up to date
     * @throws io.daybook.eventstore.EventStoreUnavailableException if missing events cannot be read
     */
    public Optional<ReadDocument<D>> get(String group, ConsistencyToken token) {
        GroupKeys.requireGroup(group);
        if (older != null && older.answersFor(availability)) {
            return older.get().apply(group, token);
        }
        availability.requireComplete();
        Map<DocumentKey, StoredDocument> stored = read(group);
        List<StreamId> behind = token.streams().stream()
                .filter(runner.folder::isOf)
                .filter(stream -> !shows(stored, group, stream, token))
                .toList();
        if (behind.isEmpty()) {
            return document(group, stored, token);
        }
        bring(behind, token);
        return document(group, read(group), token);
    }

    private Map<DocumentKey, StoredDocument> read(String group) {
        return runner.documents.read(projection.keys().ofSummaries(group));
    }

    private boolean shows(
            Map<DocumentKey, StoredDocument> stored, String group, StreamId stream, ConsistencyToken token) {
        StoredDocument summary = stored.get(projection.keys().ofSummary(group, stream));
        return summary != null
                && summary.recent().getOrDefault(stream.toString(), 0L)
                        >= token.versionOf(stream).orElse(0);
    }

    private void bring(List<StreamId> streams, ConsistencyToken token) {
        CommandTimeout end = CommandTimeout.after(wait);
        streams.forEach(stream -> repair.atLeast(stream, token.versionOf(stream).orElse(1), known, end));
    }

    private Optional<ReadDocument<D>> document(
            String group, Map<DocumentKey, StoredDocument> stored, ConsistencyToken token) {
        List<D> summaries = new ArrayList<>();
        long revision = 0;
        for (StoredDocument each : stored.values()) {
            revision += each.revision();
            if (each.isFound()) {
                summaries.add(summary(each));
            }
        }
        return summaries.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new ReadDocument<>(group, projection.summarizing().merge(summaries), revision, token, false));
    }

    private D summary(StoredDocument stored) {
        return Objects.requireNonNull(projection.summaryJson().read(stored.key(), stored.content()));
    }

    /**
     * Lists summaries.
     *
     * @param filter the conditions and the order, which must use declared indexes and listings
     * @return a page
     * @throws IllegalArgumentException if the filter uses undeclared indexes or listings or continues another list, or the projection is
     *     sharded
     * @throws ReadModelNotReadyException if this version is not complete or not active
     * @throws ReadModelUnavailableException if the data cannot be read
     */
    public Page<ReadDocument<D>> find(Filter filter) {
        return find(filter, ConsistencyToken.none());
    }

    /**
     * Lists summaries, after bringing the streams of a token up to date.
     *
     * @param filter the conditions and the order, which must use declared indexes and listings
     * @param token the minimum stream versions that the summaries must show
     * @return a page
     * @throws IllegalArgumentException if the filter uses undeclared indexes or listings or continues another list, or the projection is
     *     sharded
     * @throws ReadModelNotReadyException if this version is not complete or not active
     * @throws StreamParkedException if an event that the token requires could not be projected
     * @throws ReadModelUnavailableException if the summaries cannot be read or brought up to date
     * @throws io.daybook.eventstore.EventStoreUnavailableException if missing events cannot be read
     */
    public Page<ReadDocument<D>> find(Filter filter, ConsistencyToken token) {
        if (older != null && older.answersFor(availability, filter)) {
            return older.find().apply(filter, token);
        }
        projection.schema().require(filter);
        if (projection.keys().shards() > 1) {
            throw new IllegalArgumentException(
                    projection.schema().id() + " is sharded, so its summaries cannot be listed: use get");
        }
        Optional<PagePosition> after = PagePosition.of(projection.schema(), filter);
        if (older != null && after.isPresent()) {
            availability
                    .requireComplete(); // another instance, which has learned of the activation, has listed the page
            // before
        } else {
            availability.requireActive();
        }
        bring(token.streams().stream().filter(runner.folder::isOf).toList(), token);
        List<StoredDocument> found = runner.documents.find(filter, after);
        Optional<String> next = found.size() < filter.limit()
                ? Optional.empty()
                : Optional.of(
                        PagePosition.of(filter, found.get(found.size() - 1)).text(projection.schema(), filter));
        return new Page<>(found, next)
                .map(stored -> new ReadDocument<>(
                        GroupKeys.groupOf(stored.key()), summary(stored), stored.revision(), token, false));
    }

    /**
     * Lists the contributions of streams to a group. A complete list reads one partition for each shard.
     *
     * @param group the key of the group
     * @param next empty for the first page, or the {@link Page#next} of the previous page
     * @return a page, which may be empty even if more pages follow
     * @throws IllegalArgumentException if the key is empty, has more than 512 bytes in UTF-8, or contains an unpaired surrogate, or
     *     {@code next} is not from a previous page
     * @throws ReadModelNotReadyException if this version is not complete
     * @throws ReadModelUnavailableException if the data cannot be read
     */
    public Page<Contribution<S>> contributions(String group, String next) {
        int shard = shardOf(next);
        availability.requireComplete();
        DocumentKey summary = projection.keys().ofSummary(GroupKeys.requireGroup(group), shard);
        Page<StoredDocument> page =
                runner.documents.scan(Scan.partition(summary.partition()), next.substring(next.indexOf(':') + 1));
        Optional<String> following = page.next().map(rest -> shard + ":" + rest);
        if (following.isEmpty() && shard + 1 < projection.keys().shards()) {
            following = Optional.of((shard + 1) + ":");
        }
        List<Contribution<S>> contributions = new ArrayList<>();
        for (StoredDocument each : page.items()) {
            S share = GroupKeys.isSummary(each.key()) ? null : runner.json.read(each.key(), each.content());
            if (share != null) {
                contributions.add(new Contribution<>(StreamId.parse(each.key().id()), each.sequenceNumber(), share));
            }
        }
        return new Page<>(contributions, following);
    }

    private int shardOf(String next) {
        int shard = 0;
        if (!next.isEmpty()) {
            int colon = next.indexOf(':');
            String digits = colon < 0 ? "" : next.substring(0, colon);
            shard = digits.matches("[0-9]{1,2}") ? Integer.parseInt(digits) : -1;
        }
        if (shard < 0 || shard >= projection.keys().shards()) {
            throw new IllegalArgumentException(
                    "the next page of contributions to " + projection.schema().id()
                            + " was requested with a position in another list: begin with the first page");
        }
        return shard;
    }
}
