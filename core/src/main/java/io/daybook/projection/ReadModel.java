package io.daybook.projection;

import io.daybook.eventstore.CommandTimeout;
import io.daybook.eventstore.StreamId;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Page;
import io.daybook.readmodel.PagePosition;
import io.daybook.readmodel.ReadModelUnavailableException;
import io.daybook.readmodel.StoredDocument;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A reader of the documents of a {@link Projection}. Returned by {@link Projector#readModel}. Thread-safe.
 *
 * <p>A read with a token never returns data that is older than the token: a document that is behind is first brought up
 * to date from the event store. Such a read does not wait for the projector, and works even if the projector is
 * stopped. If there is no event store, a read fails if its document is behind, unless {@link #waiting} allows it to
 * wait.
 *
 * @param <D> the class of the documents
 */
public final class ReadModel<D> {

    private final Projection<D> projection;
    private final String aggregateType;
    private final DocumentRunner<D> runner;
    private final ReadRepair<D> repair;
    private final @Nullable DocumentCache cache;
    private final @Nullable PageCache pages;
    private final KnownVersions known;
    private final Availability availability;
    private final @Nullable OlderVersion<D> older;
    private final Duration wait;

    ReadModel(
            Projection<D> projection,
            DocumentRunner<D> runner,
            @Nullable DocumentCache cache,
            @Nullable PageCache pages,
            KnownVersions known,
            Availability availability,
            @Nullable OlderVersion<D> older,
            Duration wait) {
        this.projection = projection;
        this.aggregateType = projection.aggregateType();
        this.runner = runner;
        this.repair = new ReadRepair<>(runner);
        this.cache = cache;
        this.pages = pages;
        this.known = known;
        this.availability = availability;
        this.older = older;
        this.wait = wait;
    }

    /**
     * Returns a read model that reads from an older version until this one is active. Register both versions with the
     * projector and query this one. When this version is {@linkplain Projector#activate activated}, every instance
     * reads from it within 10 seconds. Until then, filters may use only indexes and listings that both versions
     * declare. A list that began in the older version continues there until that version is dropped. Both before and
     * after the switch, a read with a token returns nothing that is older than the token.
     *
     * @param <O> the class of the older documents
     * @param older the read model of the older version
     * @param upgrade a pure function that converts a document of the older version to one of this version
     * @return the read model
     * @throws IllegalArgumentException if {@code older} is not an older version of the same read model
     */
    public <O> ReadModel<D> fallingBackTo(ReadModel<O> older, Function<O, D> upgrade) {
        OlderVersion<D> version = new OlderVersion<D>(
                        older.availability,
                        (key, token) -> older.get(key, token).map(found -> found.map(upgrade)),
                        (filter, token) -> older.find(filter, token).map(found -> found.map(upgrade)))
                .of(availability);
        return new ReadModel<>(projection, runner, cache, pages, known, availability, version, wait);
    }

    /**
     * Returns whether this version is active and therefore serves lists. Until it is, a read model can
     * {@linkplain #fallingBackTo fall back} to an older version. This method makes no request. While the projector is
     * open, its result is at most 10 seconds behind the stored state.
     *
     * @return whether this version is active
     */
    public boolean isActive() {
        return availability.isActive();
    }

    /**
     * Returns a read model whose reads with a token wait until the required events have been delivered. Use this method
     * if the projector has no event store: without it, such a read fails immediately. If the projector has an event
     * store, reads never wait, and this method has no effect.
     *
     * @param longest the maximum time that a read waits, 0 or more; for example, the {@code n} seconds of the HTTP
     *     header {@code Prefer: wait=n}
     * @return the read model
     * @throws IllegalArgumentException if the time is negative
     */
    public ReadModel<D> waiting(Duration longest) {
        return new ReadModel<>(
                projection, runner, cache, pages, known, availability, older, ReadRepair.requireWait(longest));
    }

    /**
     * Returns a document that shows at least the versions that this process has
     * {@linkplain Projector#acknowledged acknowledged}. A missing document is built from the event store, if there is
     * one.
     *
     * @param key the id of the aggregate
     * @return the document; empty if the stream does not exist or was deleted, or the document has no content
     * @throws StreamParkedException if an acknowledged event could not be projected
     * @throws ReadModelUnavailableException if the document cannot be read
     * @throws ReadModelNotReadyException if this version was dropped
     * @throws io.daybook.eventstore.EventStoreUnavailableException if missing events cannot be read
     */
    public Optional<ReadDocument<D>> get(String key) {
        return get(key, ConsistencyToken.none());
    }

    /**
     * Returns a document that shows at least the versions of a token and those that this process has acknowledged.
     *
     * @param key the id of the aggregate
     * @param token the minimum stream versions that the document must show. If the event store does not contain that
     *     version of the stream yet, the read returns the current document. Further reads check the event store for that
     *     version again only after 1 second, or once this process acknowledges it
     * @return the document; empty if the stream does not exist or was deleted, or the document has no content
     * @throws StreamParkedException if an event that the token requires, or an acknowledged one, could not be projected
     * @throws ReadModelUnavailableException if the document cannot be read
     * @throws ReadModelNotReadyException if this version was dropped
     * @throws io.daybook.eventstore.EventStoreUnavailableException if missing events cannot be read
     */
    public Optional<ReadDocument<D>> get(String key, ConsistencyToken token) {
        if (older != null && older.answersFor(availability)) {
            return older.get().apply(key, token);
        }
        StreamId stream = StreamId.of(aggregateType, key);
        long named = token.versionOf(stream).orElse(0);
        long version = Math.max(named, Math.max(known.acknowledgedOf(stream), repair.readsEvents() ? 1 : 0));
        StreamState<D> state = cached(stream)
                .filter(found -> found.number() >= version)
                .orElseGet(() -> repair.readsEvents()
                        ? runner.shared(stream, version, () -> stored(stream, version, version == named))
                        : stored(stream, version, true));
        return state.document().gone() || state.value() == null
                ? Optional.empty()
                : Optional.of(document(state.document(), state.value(), token));
    }

    private Optional<StreamState<D>> cached(StreamId stream) {
        return cache == null
                ? Optional.empty()
                : cache.get(runner.keys.keyOf(stream))
                        .map(found -> new StreamState<>(found, runner.json.read(found.key(), found.content())));
    }

    private StreamState<D> stored(StreamId stream, long version, boolean isNamed) {
        StreamState<D> state;
        try {
            state = isNamed
                    ? repair.atLeast(stream, version, known, CommandTimeout.after(wait))
                    : repair.atLeast(stream, version);
        } catch (ReadModelUnavailableException e) {
            if (!repair.readsEvents()) {
                throw e;
            }
            return repair.folded(stream, version); // the answer does not need the write
        }
        if (cache != null && !state.document().etag().isEmpty()) {
            cache.put(state.document());
        }
        return state;
    }

    /**
     * Lists documents. With {@link Projector.Builder#cachePages}, a page may be as old as the time to live of cached
     * pages.
     *
     * @param filter the conditions and the order, which must use declared indexes and listings
     * @return a page
     * @throws IllegalArgumentException if the filter uses undeclared indexes or listings, or continues another list
     * @throws ReadModelNotReadyException if this version is not complete or not active
     * @throws ReadModelUnavailableException if the documents cannot be read
     */
    public Page<ReadDocument<D>> find(Filter filter) {
        return find(filter, ConsistencyToken.none());
    }

    private Page<ReadDocument<D>> listed(Filter filter) {
        Optional<PagePosition> after = PagePosition.of(availability.schema(), filter);
        requireAnswers(filter);
        return documents(pages == null ? stored(filter, after) : pages.get(filter, () -> stored(filter, after)));
    }

    /** The next page of an active version may be requested from an instance that has not learned of its activation. */
    private void requireAnswers(Filter filter) {
        if (older != null && !filter.next().isEmpty()) {
            availability.requireComplete();
        } else {
            availability.requireActive();
        }
    }

    private Page<StoredDocument> stored(Filter filter, Optional<PagePosition> after) {
        List<StoredDocument> found = runner.documents.find(filter, after);
        Optional<String> next = found.size() < filter.limit()
                ? Optional.empty()
                : Optional.of(
                        PagePosition.of(filter, found.get(found.size() - 1)).text(availability.schema(), filter));
        return new Page<>(found, next);
    }

    private Page<ReadDocument<D>> documents(Page<StoredDocument> page) {
        return page.map(stored -> document(
                stored,
                Objects.requireNonNull(runner.json.read(stored.key(), stored.content())),
                ConsistencyToken.none()));
    }

    /**
     * Lists documents, after bringing the streams of a token up to date.
     *
     * @param filter the conditions and the order, which must use declared indexes and listings
     * @param token the minimum stream versions that the documents must show
     * @return a page
     * @throws IllegalArgumentException if the filter uses undeclared indexes or listings, or continues another list
     * @throws ReadModelNotReadyException if this version is not complete or not active
     * @throws StreamParkedException if an event that the token requires could not be projected
     * @throws ReadModelUnavailableException if the documents cannot be read or brought up to date
     * @throws io.daybook.eventstore.EventStoreUnavailableException if missing events cannot be read
     */
    public Page<ReadDocument<D>> find(Filter filter, ConsistencyToken token) {
        if (older != null && older.answersFor(availability, filter)) {
            return older.find().apply(filter, token);
        }
        availability.schema().require(filter);
        if (token.streams().isEmpty()) {
            return listed(filter);
        }
        CommandTimeout end = CommandTimeout.after(wait);
        for (StreamId stream : token.streams()) {
            if (stream.aggregateType().equals(aggregateType)) {
                long version = token.versionOf(stream).orElse(1);
                try {
                    repair.atLeast(stream, version, known, end);
                } catch (ReadModelUnavailableException e) {
                    if (runner.states.read(stream).number() < version) {
                        throw e;
                    }
                }
            }
        }
        requireAnswers(filter);
        return documents(stored(filter, PagePosition.of(availability.schema(), filter)));
    }

    private ReadDocument<D> document(StoredDocument stored, D content, ConsistencyToken token) {
        String key = stored.key().id();
        return new ReadDocument<>(
                key,
                content,
                stored.revision(),
                token.and(StreamId.of(aggregateType, key), stored.sequenceNumber()),
                stored.parking().isPresent());
    }
}
