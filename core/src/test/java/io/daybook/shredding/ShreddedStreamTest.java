package io.daybook.shredding;

import static io.daybook.contract.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.UpdateContext;
import io.daybook.aggregate.UpdateResult;
import io.daybook.contract.Patience;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventFeed;
import io.daybook.inmemory.InMemoryEventPublisher;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.inmemory.InMemorySubjectKeys;
import io.daybook.publishing.EventRelay;
import io.daybook.shredding.Customer.CustomerRegistered;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Streams with personal data while they are written, published and shredded. */
class ShreddedStreamTest {

    private static final int WRITERS = 8;

    private final InMemorySubjectKeys held = new InMemorySubjectKeys();
    private final DisturbedKeys keys = new DisturbedKeys(held);
    private final InMemoryEventStore store = new InMemoryEventStore(Customer.serializer(keys));
    private final AggregateRepository<Customer> customers = AggregateRepository.of(Customer.TYPE, store);

    private void register(String id) {
        customers.create(id, UpdateContext.empty(), customer -> customer.register("17", "Ann"));
    }

    private void rename(String id) {
        customers.update(id, UpdateContext.empty(), customer -> customer.rename("Anna"));
    }

    private long version(String id) {
        return store.currentVersion(StreamId.of("Customer", id));
    }

    @Test
    void what_is_published_stays_encrypted_and_a_consumer_with_the_keys_reads_it() {
        InMemoryEventPublisher published = new InMemoryEventPublisher();
        register("1");
        keys.unavailable(true); // the relay needs none
        try (EventRelay relay =
                EventRelay.builder(new InMemoryEventFeed(store), published).start()) {
            await().until(() -> relay.published() == 1);
        }
        keys.unavailable(false);

        EventEnvelope message = published.published().get(0);
        byte[] body = message.data().orElseThrow();
        assertThat(new String(body, UTF_8)).contains("NZ").doesNotContain("\"Ann\"");
        assertThat(EventEnvelope.stored(message.metadata(), body, Customer.serializer(held))
                        .event())
                .isEqualTo(new CustomerRegistered("17", "Ann", "NZ"));
        held.destroy("17");
        assertThat(EventEnvelope.stored(message.metadata(), body, Customer.serializer(held))
                        .event())
                .isEqualTo(new CustomerRegistered("17", null, "NZ"));
    }

    @Test
    void a_key_that_is_destroyed_while_a_writer_is_at_work_shreds_what_it_writes() {
        register("1");
        keys.beforeNextAnswer(() -> {}); // of the read
        customers.update("1", UpdateContext.empty(), customer -> {
            keys.beforeNextAnswer(() -> held.destroy("17")); // the writer has the key already
            customer.rename("Anna");
        });

        assertThat(version("1")).isEqualTo(2);
        assertThat(customers.load("1").state()).isEqualTo(new Customer.State("17", null, "NZ", false));
    }

    @Test
    void a_key_that_is_destroyed_before_the_append_refuses_it_and_nothing_is_stored() {
        register("1");

        assertThatExceptionOfType(SubjectShreddedException.class)
                .isThrownBy(() -> customers.update("1", UpdateContext.empty(), customer -> {
                    customer.rename("Anna");
                    held.destroy("17");
                }));
        assertThat(version("1")).isEqualTo(1);

        customers.update("1", UpdateContext.empty(), Customer::forget); // without personal data it goes on
        assertThat(version("1")).isEqualTo(2);
    }

    @Test
    void command_repeated_after_shredding_gets_its_first_result() {
        Supplier<UpdateContext> registering =
                () -> UpdateContext.builder().idempotencyKey("r", "f").build();
        Supplier<UpdateContext> renaming =
                () -> UpdateContext.builder().idempotencyKey("n", "f").build();
        customers.create("1", registering.get(), customer -> customer.register("17", "Ann"));
        customers.update("1", renaming.get(), customer -> customer.rename("Anna"));
        held.destroy("17");

        UpdateResult<?> registered =
                customers.create("1", registering.get(), customer -> customer.register("17", "Ann"));
        UpdateResult<?> renamed = customers.update("1", renaming.get(), customer -> customer.rename("Anna"));

        assertThat(List.of(registered, renamed)).allMatch(UpdateResult::duplicate);
        assertThat(List.of(registered, renamed))
                .extracting(UpdateResult::version)
                .containsExactly(1L, 2L);
        assertThatExceptionOfType(SubjectShreddedException.class).isThrownBy(() -> rename("1"));
        assertThat(version("1")).isEqualTo(2);
    }

    @Test
    void without_the_keys_nothing_is_read_or_written_and_afterwards_all_is_as_it_was() {
        register("1");
        keys.unavailable(true);

        assertThatExceptionOfType(EventStoreUnavailableException.class).isThrownBy(() -> customers.load("1"));
        assertThatExceptionOfType(EventStoreUnavailableException.class).isThrownBy(() -> rename("1"));
        assertThatExceptionOfType(EventStoreUnavailableException.class).isThrownBy(() -> register("2"));
        keys.unavailable(false);

        assertThat(version("1")).isEqualTo(1);
        assertThat(version("2")).isZero();
        assertThat(customers.load("1").state().name()).isEqualTo("Ann");
    }

    @Test
    void an_event_that_was_seen_in_clear_is_shredded_for_who_reads_it_next() {
        register("1");
        EventEnvelope seen =
                store.read(StreamId.of("Customer", "1"), 0, 1).findFirst().orElseThrow();
        assertThat(seen.event()).isEqualTo(new CustomerRegistered("17", "Ann", "NZ"));
        held.destroy("17");

        assertThat(seen.undecoded().event()).isEqualTo(new CustomerRegistered("17", null, "NZ"));
        assertThat(store.read(StreamId.of("Customer", "1"), 0, 1)
                        .findFirst()
                        .orElseThrow()
                        .event())
                .isEqualTo(new CustomerRegistered("17", null, "NZ"));
    }

    /** Runs tasks at once; each yields whether it was done or found the subject shredded. */
    private static List<Boolean> atOnce(List<Runnable> tasks) throws InterruptedException {
        CyclicBarrier start = new CyclicBarrier(tasks.size());
        ExecutorService executor = Executors.newFixedThreadPool(tasks.size());
        try {
            List<Callable<Boolean>> outcomes = new ArrayList<>();
            for (Runnable task : tasks) {
                outcomes.add(() -> {
                    start.await(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
                    try {
                        task.run();
                        return true;
                    } catch (SubjectShreddedException e) {
                        return false;
                    }
                });
            }
            List<Boolean> done = new ArrayList<>();
            for (Future<Boolean> outcome : executor.invokeAll(outcomes)) {
                done.add(assertDoesNotThrow(() -> outcome.get()));
            }
            return done;
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void writers_who_meet_at_a_new_subject_write_under_one_key() throws InterruptedException {
        List<Runnable> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            String id = String.valueOf(i);
            writers.add(() -> register(id));
        }

        assertThat(atOnce(writers)).hasSize(WRITERS).doesNotContain(false);
        for (int i = 0; i < WRITERS; i++) {
            assertThat(customers.load(String.valueOf(i)).state().name()).isEqualTo("Ann");
        }
    }

    @Test
    void writers_racing_with_destruction_leave_nothing_readable() throws InterruptedException {
        for (int round = 0; round < 20; round++) {
            String subject = "subject-" + round;
            String prefix = round + "-";
            List<Runnable> tasks = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                String id = prefix + i;
                tasks.add(() ->
                        customers.create(id, UpdateContext.empty(), customer -> customer.register(subject, "Ann")));
            }
            tasks.add(() -> held.destroy(subject));
            List<Boolean> done = atOnce(tasks);

            for (int i = 0; i < WRITERS; i++) {
                Optional<Customer.State> state = customers.find(prefix + i).map(Customer::state);
                assertThat(state)
                        .isEqualTo(
                                done.get(i)
                                        ? Optional.of(new Customer.State(subject, null, "NZ", false))
                                        : Optional.empty());
            }
        }
    }
}
