package io.daybook.projection;

import io.daybook.inmemory.InMemoryReadModelStore;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.ReadModelSchema;
import io.daybook.readmodel.ReadModelStore;
import io.daybook.readmodel.StoredDocument;
import io.daybook.readmodel.WriteResult;
import java.util.List;
import java.util.function.Consumer;

/** A store that accepts the documents of streams and forgets them. It keeps only the states of the versions. */
final class ForgetfulReadModelStore implements ReadModelStore {

    private final ReadModelStore kept = new InMemoryReadModelStore();
    private final Consumer<StoredDocument> onWrite;

    ForgetfulReadModelStore(Consumer<StoredDocument> onWrite) {
        this.onWrite = onWrite;
    }

    @Override
    public ReadModelCollection open(ReadModelSchema schema) {
        ReadModelCollection documents = kept.open(schema);
        return schema.equals(VersionStates.SCHEMA) ? documents : new ForgetfulCollection(documents);
    }

    @Override
    public void drop(ReadModelSchema schema) {
        kept.drop(schema);
    }

    private final class ForgetfulCollection extends ForwardingCollection {

        ForgetfulCollection(ReadModelCollection incarnation) {
            super(incarnation);
        }

        @Override
        public WriteResult write(List<StoredDocument> documents) {
            if (documents.get(0).key().equals(CurrentDocuments.INCARNATION)) {
                return super.write(documents);
            }
            documents.forEach(onWrite);
            return WriteResult.written(documents.stream().map(document -> "e").toList());
        }
    }
}
