// node receive.js CONNECTION_STRING TOPIC SUBSCRIPTION COUNT
// Receives that many messages of the next session, completes them, and prints each as a line of JSON.
const { ServiceBusClient } = require("@azure/service-bus");

async function main() {
    const [connectionString, topic, subscription, count] = process.argv.slice(2);
    const client = new ServiceBusClient(connectionString);
    const receiver = await client.acceptNextSession(topic, subscription);
    for (let received = 0; received < Number(count); ) {
        for (const message of await receiver.receiveMessages(Number(count) - received, { maxWaitTimeInMs: 60_000 })) {
            const { messageId, sessionId, subject, contentType, applicationProperties, body } = message;
            console.log(JSON.stringify({ messageId, sessionId, subject, contentType, applicationProperties, body }));
            await receiver.completeMessage(message);
            received++;
        }
    }
    await receiver.close();
    await client.close();
}

main().catch(error => {
    console.error(error);
    process.exit(1);
});
