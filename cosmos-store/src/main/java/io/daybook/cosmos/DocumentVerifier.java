package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncContainer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.cosmos.EventReferences.Reference;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.HandledCommand;
import io.daybook.eventstore.StreamId;
import io.daybook.verification.EventVerifier;
import io.daybook.verification.Finding;
import io.daybook.verification.VerificationReport;
import java.time.DateTimeException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Checks the documents of a store, one by one, in the order of {@link CosmosVerification}: snapshots, then the ranges of events. */
final class DocumentVerifier {

    private static final int MAX_ID_SHOWN = 100;

    private final EventVerifier verifier;
    private final EventReferences references;
    private final EventEnvelope.Decoder decoder;

    DocumentVerifier(EventVerifier verifier, EventReferences references, EventEnvelope.Decoder decoder) {
        this.verifier = verifier;
        this.references = references;
        this.decoder = decoder;
    }

    void addSnapshot(CosmosAsyncContainer snapshots, ObjectNode document) {
        long version = document.path("version").asLong();
        String eventId = EventDocuments.eventId(document);
        if (!idOf(document).equals(CosmosSnapshotStore.ID) || version < 1 || eventId == null) {
            addForeign(document, "is in the container of snapshots, but is not a snapshot");
            return;
        }
        references.snapshot(new Reference(
                Finding.Kind.ORPHANED_SNAPSHOT,
                snapshots,
                idOf(document),
                streamOf(document),
                version,
                version,
                eventId));
    }

    /** Adds a document of the container of events. */
    void add(CosmosAsyncContainer events, ObjectNode document) {
        if (EventDocuments.isEvent(document)) {
            EventEnvelope event = parsed(document, each -> EventDocuments.envelope(each, decoder));
            if (event != null) {
                addEvent(document, event);
            }
        } else if (EventDocuments.isCommand(document)) {
            HandledCommand command = parsed(document, EventDocuments::handledCommand);
            if (command != null) {
                addCommand(events, document, command);
            }
        } else if (EventDocuments.isTombstone(document)) {
            StreamId stream = parsed(document, each -> StreamId.parse(streamOf(each)));
            if (stream != null) {
                verifier.addTombstone(stream, EventDocuments.sequenceNumber(document));
            }
        } else {
            addForeign(document, "has a kind other than event, command or tombstone");
        }
    }

    private void addEvent(ObjectNode document, EventEnvelope event) {
        EventMetadata metadata = event.metadata();
        String stream = metadata.aggregateType() + "-" + metadata.aggregateId();
        if (!stream.equals(streamOf(document))
                || !idOf(document).equals(EventDocuments.eventId(metadata.sequenceNumber()))) {
            addForeign(document, "has an id or stream that does not match its event");
            return;
        }
        references.event(stream, metadata.sequenceNumber(), metadata.eventId());
        long bytes =
                EventDocuments.metadataBytes(StreamId.of(metadata.aggregateType(), metadata.aggregateId()), metadata)
                        + event.data().map(data -> data.length).orElse(0);
        verifier.add(event, bytes);
    }

    private void addCommand(CosmosAsyncContainer events, ObjectNode document, HandledCommand command) {
        if (!idOf(document).equals(EventDocuments.commandId(command.commandId()))) {
            addForeign(document, "has an id that does not match its command");
        } else if (command.rejection().isEmpty()) {
            references.command(new Reference(
                    Finding.Kind.ORPHANED_COMMAND,
                    events,
                    idOf(document),
                    streamOf(document),
                    command.fromSequenceNumber(),
                    command.toSequenceNumber(),
                    EventDocuments.firstEventId(document).orElse(null)));
        }
    }

    /** Returns null, and adds a finding, if the document lacks a member or has an invalid one. */
    private <T> @Nullable T parsed(ObjectNode document, Function<ObjectNode, T> parse) {
        try {
            return parse.apply(document);
        } catch (IllegalStateException | IllegalArgumentException | DateTimeException e) { // may quote the document
            addForeign(document, "lacks a required member, or has an invalid member");
            return null;
        }
    }

    private void addForeign(ObjectNode document, String problem) {
        String id = idOf(document).replaceAll("[\\p{Cntrl}\\p{Cs}]", "?");
        verifier.add(new Finding(
                Finding.Kind.FOREIGN_DOCUMENT,
                streamOf(document),
                0,
                "the document \"" + (id.length() > MAX_ID_SHOWN ? id.substring(0, MAX_ID_SHOWN) + "…" : id) + "\" "
                        + problem + ", so Daybook did not write it: restore or delete it"));
    }

    private static String idOf(ObjectNode document) {
        return document.path("id").asText();
    }

    private static String streamOf(ObjectNode document) {
        return document.path("streamId").asText();
    }

    void endPage() {
        references.endPage();
    }

    void endRange() {
        verifier.endRange();
        references.endRange(verifier::add);
    }

    void end() {
        references.end(verifier::add);
    }

    VerificationReport report() {
        return verifier.report();
    }
}
