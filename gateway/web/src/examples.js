// The tabs of a first visit.

const inbox = `# The newest messages. Sign in above, then run
# with Ctrl-Enter. Next page: endCursor as "after".
query Inbox($first: Int = 25, $after: String) {
  messages(
    first: $first
    after: $after
    orderBy: [{ field: CREATED_AT, direction: DESC }]
  ) {
    totalCount
    nodes {
      id
      name
      email
      content
      status
      createdAt
      assignee {
        name
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`;

const viewer = `# Who am I? "user" is null when signed out.
query Viewer {
  viewer {
    user {
      id
      name
      email
      ... on Staff {
        isActive
        lastSignInAt
      }
    }
  }
}
`;

const events = `# The inbox, live. Run this, then send a message
# from anywhere. "after" resumes behind a sequence.
subscription InboxEvents($after: String) {
  inboxEvents(after: $after) {
    __typename
    sequence
    at
    actor {
      name
    }
    ... on MessageReceived {
      message {
        id
        name
        content
      }
    }
    ... on MessageReplied {
      reply {
        id
        content
      }
    }
  }
}
`;

const submit = `# What a website's form sends. No sign-in needed.
mutation Submit($input: SubmitMessageInput!) {
  submitMessage(input: $input) {
    receipt {
      messageId
      receivedAt
    }
    errors {
      code
      message
      path
    }
  }
}
`;

const chat = `# A visitor begins a live chat. The answer's
# chatToken opens it: chatEvents(chatId, chatToken).
# A colleague takes it with claimChat.
mutation StartChat($input: StartChatInput!) {
  startChat(input: $input) {
    receipt {
      chatId
      chatToken
      nobodyAvailable
    }
    errors {
      code
      message
      path
    }
  }
}
`;

const queue = `# Who waits for a colleague, the longest first.
query Queue {
  chatQueue {
    nodes {
      id
      name
      startedAt
      lastMessage {
        content
      }
    }
  }
}
`;

const booking = `# What a website offers to book. Times of one of
# them: availableSlots(serviceId, from, to); then
# bookConsultation with the startsAt of a slot.
query Bookable {
  bookableServices {
    serviceId
    name
    durationMinutes
  }
}
`;

const tickets = `# What is owed, the last changed first. A client who
# signs in sees their own, and no internal comment.
query Tickets($text: String) {
  tickets(first: 20, filter: { text: $text, status: { ne: CLOSED } }) {
    totalCount
    nodes {
      id
      number
      title
      status
      priority
      requester {
        name
      }
      assignee {
        name
      }
      lastComment {
        content
        visibility
      }
    }
  }
}
`;

const help = `# What the help centre knows. No sign-in needed for
# what is published; askAssistant answers from it.
query Help($text: String!) {
  helpSearch(text: $text) {
    score
    title {
      text
      isMatch
    }
    excerpt {
      text
      isMatch
    }
  }
}
`;

const message = { name: 'Ada Example', email: 'ada@example.com', content: 'Hello! Do you offer a trial?' };
const text = (variables) => JSON.stringify(variables, null, 2);

export const tabs = [
  { query: inbox, variables: text({ first: 10 }) },
  { query: viewer },
  { query: events },
  { query: submit, variables: text({ input: message }) },
  { query: chat, variables: text({ input: { name: 'Ada Example', content: 'Is somebody there?' } }) },
  { query: queue },
  { query: booking },
  { query: tickets },
  { query: help, variables: text({ text: 'radiator' }) },
];

export const defaultQuery = inbox;
