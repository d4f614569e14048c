package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.aggregate.UpdateContext;
import io.daybook.contract.Patience;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.cosmos.server.TestDatabase;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventType;
import io.daybook.inmemory.InMemorySubjectKeys;
import io.daybook.serialization.JacksonEventSerializer;
import io.daybook.shredding.ShreddingEventSerializer;
import io.daybook.shredding.ShreddingSnapshotStore;
import io.daybook.shredding.SubjectKeys;
import io.daybook.snapshot.SnapshotPolicy;
import io.daybook.subscription.EventFeed.StartPosition;
import io.daybook.subscription.Subscription;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Personal data in the containers, whose JSON the service writes its own way. */
class ShreddingIT {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    @EventType("PatientAdmitted")
    record Admitted(String patientId, @Nullable String name, BigDecimal weight, String ward) implements DomainEvent {}

    static final class Patient extends AggregateRoot<Admitted> {

        static final AggregateType<Patient, Admitted> TYPE = AggregateType.named(
                        "Patient", Admitted.class, Patient::new)
                .on(Admitted.class, (patient, event) -> patient.state = event)
                .snapshot(Admitted.class, patient -> patient.state, (patient, state) -> patient.state = state)
                .build();

        private Admitted state = new Admitted("", null, BigDecimal.ZERO, "");

        void admit(String name) {
            raise(new Admitted(id(), name, new BigDecimal("71.50"), "B2"));
        }
    }

    private static CosmosContainers containers;

    private final SubjectKeys keys = new InMemorySubjectKeys();
    private final ShreddingEventSerializer serializer = ShreddingEventSerializer.of(
                    JacksonEventSerializer.of(Patient.TYPE.eventTypes()), keys)
            .protect(Admitted.class, Admitted::patientId, "name", "weight")
            .replacement(Admitted.class, "weight", new BigDecimal("0.00"));
    private final AggregateRepository<Patient> patients = AggregateRepository.of(
                    Patient.TYPE, CosmosEventStore.of(containers, serializer))
            .snapshots(
                    ShreddingSnapshotStore.of(
                            CosmosSnapshotStore.of(containers),
                            keys,
                            Admitted.class,
                            state -> List.of(state.patientId())),
                    SnapshotPolicy.everyEvents(1));
    private final String id = UUID.randomUUID().toString();

    @BeforeAll
    static void createContainers() {
        containers = DATABASE.containers();
    }

    private static List<ObjectNode> documents(String container) {
        return Objects.requireNonNull(CosmosAccount.client()
                .getDatabase(DATABASE.name())
                .getContainer(container)
                .queryItems("SELECT * FROM c", new CosmosQueryRequestOptions(), ObjectNode.class)
                .collectList()
                .block(Patience.LIMIT));
    }

    @Test
    void events_snapshots_and_feed_are_encrypted_until_the_key_is_destroyed() {
        patients.create(id, UpdateContext.empty(), patient -> patient.admit("Ann"));
        assertThat(documents("events")).singleElement().satisfies(document -> {
            assertThat(document.at("/data/ward").asText()).isEqualTo("B2");
            assertThat(document.at("/data/name/subject").asText()).isEqualTo(id);
            assertThat(document.toString()).doesNotContain("\"Ann\"", "71.5");
        });
        assertThat(documents("snapshots"))
                .singleElement()
                .satisfies(document -> assertThat(document.get("state").properties())
                        .extracting(field -> field.getKey())
                        .containsExactlyInAnyOrder("daybook:encrypted", "subjects", "data"));

        Admitted admitted = new Admitted(id, "Ann", new BigDecimal("71.50"), "B2");
        assertThat(patients.load(id).state).isEqualTo(admitted);
        assertThat(fed().event()).isEqualTo(admitted);

        keys.destroy(id);
        Admitted erased = patients.load(id).state;
        assertThat(erased.name()).isNull();
        assertThat(erased.weight()).isEqualByComparingTo("0");
        assertThat(erased.ward()).isEqualTo("B2");
        EventEnvelope fed = fed();
        assertThat(fed.event()).isEqualTo(erased);
        assertThat(serializer.shredded(fed)).containsExactlyInAnyOrder("name", "weight");
    }

    private EventEnvelope fed() {
        List<EventEnvelope> handed = new CopyOnWriteArrayList<>();
        try (Subscription subscription = CosmosEventFeed.builder(containers, serializer)
                .pollInterval(Duration.ofMillis(100))
                .build()
                .subscribe("shredding-" + UUID.randomUUID(), StartPosition.BEGINNING, handed::addAll)) {
            Patience.await().until(() -> !handed.isEmpty());
        }
        return handed.get(0);
    }
}
