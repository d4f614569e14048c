package io.daybook.testkit;

import io.daybook.event.EventTypes;
import io.daybook.projection.GroupedProjection;
import io.daybook.projection.Projection;
import io.daybook.projection.Projector;
import io.daybook.projection.ReadDocument;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.StoredDocument;
import java.util.Map;
import java.util.Optional;

/** The projection of a scenario: of each stream, or of many streams into groups. */
interface ScenarioProjection<D> {

    ReadModelSchema schema();

    Map<String, EventTypes> eventTypes();

    Projector.Builder addTo(Projector.Builder projector);

    /** Returns the key of the document that is stored there; a group may have several. */
    String keyOf(StoredDocument document);

    Optional<D> read(Projector projector, String key, ConsistencyToken token);

    /** Whether documents must not hold floating-point numbers, because they are added and removed. */
    boolean isGrouped();

    /** A projection of each stream into one document. */
    record OfStreams<D>(Projection<D> projection) implements ScenarioProjection<D> {

        @Override
        public ReadModelSchema schema() {
            return projection.schema();
        }

        @Override
        public Map<String, EventTypes> eventTypes() {
            return Map.of(projection.aggregateType(), projection.eventTypes());
        }

        @Override
        public Projector.Builder addTo(Projector.Builder projector) {
            return projector.project(projection);
        }

        @Override
        public String keyOf(StoredDocument document) {
            return document.key().id();
        }

        @Override
        public Optional<D> read(Projector projector, String key, ConsistencyToken token) {
            return projector.readModel(projection).get(key, token).map(ReadDocument::content);
        }

        @Override
        public boolean isGrouped() {
            return false;
        }
    }

    /** A projection of many streams into groups. */
    record OfGroups<S, D>(GroupedProjection<S, D> projection) implements ScenarioProjection<D> {

        @Override
        public ReadModelSchema schema() {
            return projection.schema();
        }

        @Override
        public Map<String, EventTypes> eventTypes() {
            return projection.eventTypes();
        }

        @Override
        public Projector.Builder addTo(Projector.Builder projector) {
            return projector.project(projection);
        }

        @Override
        public String keyOf(StoredDocument document) {
            return document.key().id().substring(1); // after the hyphen of a summary
        }

        @Override
        public Optional<D> read(Projector projector, String key, ConsistencyToken token) {
            return projector.readModel(projection).get(key, token).map(ReadDocument::content);
        }

        @Override
        public boolean isGrouped() {
            return true;
        }
    }
}
