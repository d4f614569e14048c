package io.daybook.servicebus;

import static io.daybook.contract.Patience.await;
import static io.daybook.servicebus.StoredEvents.counted;
import static io.daybook.servicebus.StoredEvents.stream;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.contract.ContractEvent;
import io.daybook.contract.ContractEvent.Counted;
import io.daybook.contract.ContractEvent.Noted;
import io.daybook.contract.Patience;
import io.daybook.event.EventMetadata;
import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.projection.GroupedProjection;
import io.daybook.projection.Projection;
import io.daybook.projection.Projector;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.readmodel.DocumentKey;
import io.daybook.readmodel.Filter;
import io.daybook.readmodel.Page;
import io.daybook.readmodel.PagePosition;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.ReadModelStore;
import io.daybook.readmodel.ReadModelUnavailableException;
import io.daybook.readmodel.Scan;
import io.daybook.readmodel.StoredDocument;
import io.daybook.readmodel.WriteResult;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Projections that share one subscription of a topic, in two instances without an event store. */
class SharedProjectorIT extends FeedFixture {

    private static final int STREAMS = 18;
    private static final int EVENTS = 8;
    private static final int GROUPS = 3;
    private static final int WRITES_BEFORE_DEATH = 30;

    /** The sum of the numbers of a stream, which moves to another group with each event. */
    record Sum(String group, long sum, long events) {
        static Sum of(Sum before, Counted event, EventMetadata metadata) {
            String group = group(Integer.parseInt(metadata.aggregateId()), event.number());
            return before == null
                    ? new Sum(group, event.number(), 1)
                    : new Sum(group, before.sum() + event.number(), before.events() + 1);
        }

        static String group(int id, int number) {
            return "g" + (id + number) % GROUPS;
        }
    }

    private static final Projection<Sum> SUMS = sums("sums");
    private static final Projection<Sum> OTHERS = sums("others");
    private static final GroupedProjection<Sum, Sum> TOTALS = GroupedProjection.named("totals", 1, Sum.class, Sum.class)
            .contribution(
                    "Contract",
                    ContractEvent.class,
                    share -> share.on(Counted.class, Sum::of).ignoring(Noted.class))
            .groupedBy(Sum::group)
            .startingWith(group -> new Sum(group, 0, 0))
            .adding((total, share) ->
                    new Sum(total.group(), total.sum() + share.sum(), total.events() + share.events()))
            .removing((total, share) ->
                    new Sum(total.group(), total.sum() - share.sum(), total.events() - share.events()))
            .build();

    private static Projection<Sum> sums(String name) {
        return Projection.named(name, 1, "Contract", ContractEvent.class, Sum.class)
                .on(Counted.class, Sum::of)
                .ignoring(Noted.class)
                .build();
    }

    /** Documents as one instance sees them: something happens before it reads or writes. */
    private record Watched(ReadModelCollection documents, Runnable beforeRead, Runnable beforeWrite)
            implements ReadModelCollection {
        @Override
        public Map<DocumentKey, StoredDocument> read(Collection<DocumentKey> keys) {
            beforeRead.run();
            return documents.read(keys);
        }

        @Override
        public WriteResult write(List<StoredDocument> written) {
            beforeWrite.run();
            return documents.write(written);
        }

        @Override
        public List<StoredDocument> find(Filter filter, Optional<PagePosition> after) {
            beforeRead.run();
            return documents.find(filter, after);
        }

        @Override
        public Page<StoredDocument> scan(Scan scan, String next) {
            beforeRead.run();
            return documents.scan(scan, next);
        }
    }

    private final InMemoryReadModelStore documents = new InMemoryReadModelStore();
    private final AtomicInteger writesLeft = new AtomicInteger(WRITES_BEFORE_DEATH);
    private final CountDownLatch death = new CountDownLatch(1);

    private ReadModelStore watched(Runnable beforeRead, Runnable beforeWrite) {
        return new ReadModelStore() {
            @Override
            public ReadModelCollection open(ReadModelSchema schema) {
                return new Watched(documents.open(schema), beforeRead, beforeWrite);
            }

            @Override
            public void drop(ReadModelSchema schema) {
                documents.drop(schema);
            }
        };
    }

    private Projector projector(Runnable beforeRead, Runnable beforeWrite) {
        return Projector.builder(feed().build(), watched(beforeRead, beforeWrite))
                .sharedSubscription("billing")
                .project(SUMS)
                .project(OTHERS)
                .project(TOTALS)
                .start();
    }

    private void requireAlive() {
        if (death.getCount() == 0) {
            throw new ReadModelUnavailableException("killed", null, null);
        }
    }

    private void writeOrDie() {
        if (writesLeft.decrementAndGet() < 0) {
            death.countDown();
        }
        requireAlive();
    }

    private void awaitDeath() {
        try {
            if (!death.await(Patience.LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("the other instance did not die");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void publish(int from, int to) {
        for (int id = 0; id < STREAMS; id++) {
            publisher.publish(counted("" + id, from, to));
        }
    }

    @Test
    void three_projections_are_right_after_one_of_two_instances_died() {
        Projector killed = projector(this::requireAlive, this::writeOrDie);
        // The survivor writes nothing before, so the other one certainly dies in the middle of its work.
        try (Projector survivor = projector(() -> {}, this::awaitDeath)) {
            publish(1, EVENTS / 2);
            publish(EVENTS / 2 + 1, EVENTS);
            await().until(() -> death.getCount() == 0);
            broker.cutConnections();
            killed.close();
            awaitEmpty();

            long sum = EVENTS * (EVENTS + 1) / 2;
            for (int id = 0; id < STREAMS; id++) {
                ConsistencyToken end = ConsistencyToken.of(stream("" + id), EVENTS);
                for (Projection<Sum> projection : List.of(SUMS, OTHERS)) {
                    assertThat(survivor.readModel(projection)
                                    .get("" + id, end)
                                    .orElseThrow()
                                    .content())
                            .isEqualTo(new Sum(Sum.group(id, EVENTS), sum, EVENTS));
                }
            }
            int inGroup = STREAMS / GROUPS;
            for (int group = 0; group < GROUPS; group++) {
                String name = "g" + group;
                assertThat(survivor.readModel(TOTALS).get(name).orElseThrow().content())
                        .isEqualTo(new Sum(name, inGroup * sum, (long) inGroup * EVENTS));
            }
            assertThat(survivor.status())
                    .allSatisfy(status -> assertThat(status.counts().parked()).isZero());
        } finally {
            killed.close();
        }
    }
}
