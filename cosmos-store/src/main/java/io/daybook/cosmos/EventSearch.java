package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.FeedResponse;
import com.azure.cosmos.models.SqlParameter;
import com.azure.cosmos.models.SqlQuerySpec;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventFilter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;

/** A query across streams. Its pages are fetched while it is consumed. Used by one thread. */
final class EventSearch implements Iterator<EventEnvelope> {

    /** The equality filters, the most selective first. The first one that a query has begins its sort order. */
    static final List<String> FILTERS =
            List.of("commandId", "causationId", "correlationId", "userId", "eventType", "aggregateType");

    private final CosmosAsyncContainer container;
    private final EventFilter filter;
    private final EventEnvelope.Decoder decoder;
    private final RequestExecutor executor;
    private final int pageEvents;
    private Iterator<ObjectNode> page = List.<ObjectNode>of().iterator();
    private @Nullable String continuation;
    private final Set<String> counted = new HashSet<>();
    private volatile @Nullable Pages pages;
    private boolean more = true;

    EventSearch(
            CosmosAsyncContainer container,
            EventFilter filter,
            EventEnvelope.Decoder decoder,
            RequestExecutor executor,
            int pageEvents) {
        this.container = container;
        this.filter = filter;
        this.decoder = decoder;
        this.executor = executor;
        this.pageEvents = pageEvents;
    }

    @Override
    public boolean hasNext() {
        while (!page.hasNext() && more) {
            fetch();
        }
        return page.hasNext();
    }

    @Override
    public EventEnvelope next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return EventDocuments.envelope(page.next(), decoder);
    }

    private void fetch() {
        RequestExecutor.Operation operation = executor.start("query");
        try (operation) {
            @Nullable
            FeedResponse<ObjectNode> answer = operation.awaitRead("a query", Mono.defer(this::nextPage), page -> null);
            if (answer != null) {
                operation.count(answer.getCosmosDiagnostics(), counted::add);
            }
            page = answer == null
                    ? List.<ObjectNode>of().iterator()
                    : answer.getResults().iterator();
            continuation = answer == null ? null : answer.getContinuationToken();
            more = continuation != null;
            operation.succeeded();
        } catch (RuntimeException e) {
            throw CosmosFailures.unavailable("a query across streams", e);
        }
    }

    /**
     * Returns the next page of the running query, or of a new query after a failure. A new query takes one request for
     * its plan and one for each partition. The query sends nothing while no page is requested, so a reader can abandon
     * it.
     */
    private Mono<FeedResponse<ObjectNode>> nextPage() {
        Pages asked = pages;
        if (asked == null) {
            asked = new Pages();
            CosmosQueryRequestOptions options = new CosmosQueryRequestOptions().setMaxBufferedItemCount(pageEvents);
            container
                    .queryItems(specification(), options, ObjectNode.class)
                    .byPage(continuation, pageEvents)
                    .subscribe(asked);
        }
        Pages current = asked;
        pages = null; // if it fails, the next call starts a query after the last page
        return current.next().doOnSuccess(answer -> pages = current).doOnCancel(current::cancel);
    }

    /** Delivers one page per request. A query may end or fail before the first request. */
    static final class Pages extends BaseSubscriber<FeedResponse<ObjectNode>> {

        private final CompletableFuture<@Nullable FeedResponse<ObjectNode>> end = new CompletableFuture<>();
        private volatile CompletableFuture<@Nullable FeedResponse<ObjectNode>> asked = new CompletableFuture<>();

        Mono<FeedResponse<ObjectNode>> next() {
            CompletableFuture<@Nullable FeedResponse<ObjectNode>> answer = new CompletableFuture<>();
            asked = answer;
            if (end.isDone()) {
                return Mono.fromFuture(end, true);
            }
            request(1);
            return Mono.fromFuture(answer, true);
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            // Pages are requested when they are needed.
        }

        @Override
        protected void hookOnNext(FeedResponse<ObjectNode> page) {
            asked.complete(page);
        }

        @Override
        protected void hookOnComplete() {
            end.complete(null);
            asked.complete(null);
        }

        @Override
        protected void hookOnError(Throwable failure) {
            end.completeExceptionally(failure);
            asked.completeExceptionally(failure);
        }
    }

    /** Returns the sort order of a query. It begins with the members that all results share, as the composite index does. */
    static List<String> order(Optional<String> filter) {
        return filter.map(equal -> List.of("kind", equal, "timestamp", "sequenceNumber"))
                .orElse(List.of("kind", "timestamp", "sequenceNumber"));
    }

    private SqlQuerySpec specification() {
        StringBuilder sql = new StringBuilder("SELECT * FROM c WHERE c.kind = @kind");
        List<SqlParameter> parameters = new ArrayList<>();
        parameters.add(new SqlParameter("@kind", EventDocuments.KIND_EVENT));
        for (String name : FILTERS) {
            wanted(name).ifPresent(value -> {
                sql.append(" AND c.").append(name).append(" = @").append(name);
                parameters.add(new SqlParameter("@" + name, value));
            });
        }
        time(sql, parameters, ">=", "@from", filter.from());
        time(sql, parameters, "<", "@until", filter.until());
        Optional<String> leading =
                FILTERS.stream().filter(name -> wanted(name).isPresent()).findFirst();
        sql.append(order(leading).stream()
                .map(name -> "c." + name + " ASC")
                .collect(Collectors.joining(", ", " ORDER BY ", "")));
        return new SqlQuerySpec(sql.toString(), parameters);
    }

    private Optional<String> wanted(String name) {
        return switch (name) {
            case "commandId" -> filter.commandId();
            case "causationId" -> filter.context().causationId();
            case "correlationId" -> filter.context().correlationId();
            case "userId" -> filter.context().userId();
            case "eventType" -> filter.eventType();
            case "aggregateType" -> filter.aggregateType();
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static void time(
            StringBuilder sql,
            List<SqlParameter> parameters,
            String operator,
            String parameter,
            Optional<Instant> value) {
        value.ifPresent(instant -> {
            sql.append(" AND c.timestamp ").append(operator).append(' ').append(parameter);
            parameters.add(new SqlParameter(parameter, EventDocuments.boundary(instant)));
        });
    }
}
