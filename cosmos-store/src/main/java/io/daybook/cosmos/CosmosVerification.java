package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.FeedResponse;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.serialization.EventSerializer;
import io.daybook.verification.EventVerifier;
import io.daybook.verification.VerificationReport;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A verification of a store on Azure Cosmos DB. It reads all documents of the containers of events and snapshots, and
 * writes nothing. It reports the findings of an {@link EventVerifier}, streams that take up at least half of the 20 GB
 * of a logical partition, incomplete deletions, documents that Daybook did not write, and command records and snapshots
 * that refer to missing events. {@link Verify} runs the verification from the command line.
 *
 * <pre>{@code
 * VerificationReport report = CosmosVerification.builder(containers).serializer(serializer).build().run();
 * System.out.println(report.text());
 * }</pre>
 *
 * <p>A run takes one request for every 1,000 documents. It takes up to three more for each snapshot whose event is not
 * found, and for each command record whose events are on another page. The run needs about 200 bytes of memory for each
 * stream of one physical partition and for each snapshot. Thread-safe.
 */
public final class CosmosVerification {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int PAGE = 1_000;
    private static final int PROGRESS_DOCUMENTS = 50_000;
    private static final String SNAPSHOTS = "SELECT c.id, c.streamId, c.version, c.eventId FROM c";

    /** A placeholder for an event that is not decoded. */
    private record Undecoded() implements DomainEvent {}

    private final CosmosContainers containers;
    private final EventEnvelope.Decoder decoder;
    private final boolean readsSnapshots;
    private final Consumer<String> progress;
    private final long maxStreamBytes;

    private CosmosVerification(Builder builder) {
        this.containers = builder.containers;
        this.decoder = builder.decoder;
        this.readsSnapshots = builder.readsSnapshots;
        this.progress = builder.progress;
        this.maxStreamBytes = builder.maxStreamBytes;
    }

    /**
     * Returns a builder of a verification.
     *
     * @param containers the containers to verify
     * @return a builder
     */
    public static Builder builder(CosmosContainers containers) {
        return new Builder(containers);
    }

    /**
     * Reads the containers and returns a report. Documents that are written during the run may be included. A stream
     * that is deleted during the run may lead to a finding that a second run does not report.
     *
     * @return the report
     * @throws IllegalStateException if a container is misconfigured
     * @throws EventStoreUnavailableException if a container cannot be read
     */
    public VerificationReport run() {
        return new Run().report();
    }

    private final class Run {

        private final CosmosAsyncContainer events = containers.requireEvents();
        private final RequestExecutor executor = new RequestExecutor(TIMEOUT, null);
        private final DocumentVerifier documents =
                new DocumentVerifier(new EventVerifier(maxStreamBytes), new EventReferences(events, executor), decoder);

        VerificationReport report() {
            if (readsSnapshots) {
                readSnapshots(containers.requireSnapshots());
            }
            EventScan scan = new EventScan(events, decoder, executor);
            List<String> ranges = scan.ranges();
            for (int i = 0; i < ranges.size(); i++) {
                read(scan, ranges.get(i), "range " + (i + 1) + " of " + ranges.size() + ": ");
            }
            documents.end();
            return documents.report();
        }

        private void readSnapshots(CosmosAsyncContainer snapshots) {
            long read = 0;
            String next = null;
            do {
                FeedResponse<ObjectNode> page = snapshots(snapshots, next);
                next = page == null ? null : page.getContinuationToken();
                if (page != null) {
                    page.getResults().forEach(document -> documents.addSnapshot(snapshots, document));
                    read += page.getResults().size();
                }
            } while (next != null);
            progress.accept(read + " snapshots read");
        }

        private @Nullable FeedResponse<ObjectNode> snapshots(CosmosAsyncContainer snapshots, @Nullable String next) {
            return executor.perform(
                    "verify",
                    operation -> operation.awaitRead(
                            "the snapshots",
                            snapshots
                                    .queryItems(SNAPSHOTS, new CosmosQueryRequestOptions(), ObjectNode.class)
                                    .byPage(next, PAGE)
                                    .next(),
                            FeedResponse::getCosmosDiagnostics),
                    e -> CosmosFailures.unavailable("reading the snapshots", e));
        }

        private void read(EventScan scan, String range, String label) {
            long read = 0;
            long reported = 0;
            String next = "";
            for (FeedResponse<ObjectNode> page; (page = scan.documents(range, next)) != null; ) {
                page.getResults().forEach(document -> documents.add(events, document));
                documents.endPage();
                next = page.getContinuationToken();
                read += page.getResults().size();
                if (read - reported >= PROGRESS_DOCUMENTS) {
                    reported = read;
                    long remaining = EventScan.remaining(page);
                    progress.accept(
                            label + read + " documents" + (remaining < 0 ? "" : ", about " + remaining + " remain"));
                }
            }
            documents.endRange();
            progress.accept(label + read + " documents, complete");
        }
    }

    /** A builder of a verification. Not thread-safe. */
    public static final class Builder {

        private final CosmosContainers containers;
        private EventEnvelope.Decoder decoder = (type, version, data) -> new Undecoded();
        private boolean readsSnapshots = true;
        private Consumer<String> progress = line -> {};
        private long maxStreamBytes = StreamSize.LIMIT;

        private Builder(CosmosContainers containers) {
            this.containers = containers;
        }

        /**
         * Sets the serializer that decodes the events. Without a serializer, events are not decoded, so neither unknown
         * types nor undecodable events are found.
         *
         * @param serializer the serializer, with all types, versions and upcasters of the program
         * @return this builder
         */
        public Builder serializer(EventSerializer serializer) {
            this.decoder = serializer;
            return this;
        }

        /**
         * Excludes the snapshots. Use this option if the container of snapshots does not exist, or if it also contains
         * snapshots of streams in another container of events.
         *
         * @return this builder
         */
        public Builder withoutSnapshots() {
            this.readsSnapshots = false;
            return this;
        }

        /**
         * Sets a consumer of progress messages.
         *
         * @param progress receives a line of text after every 50,000 documents and after each range
         * @return this builder
         */
        public Builder progress(Consumer<String> progress) {
            this.progress = progress;
            return this;
        }

        /** Sets the size limit of a stream. */
        Builder maxStreamBytes(long maxStreamBytes) {
            this.maxStreamBytes = maxStreamBytes;
            return this;
        }

        /**
         * Builds the verification without reading anything.
         *
         * @return the verification
         */
        public CosmosVerification build() {
            return new CosmosVerification(this);
        }
    }
}
