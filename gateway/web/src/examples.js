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

const message = { name: 'Ada Example', email: 'ada@example.com', content: 'Hello! Do you offer a trial?' };
const text = (variables) => JSON.stringify(variables, null, 2);

export const tabs = [
  { query: inbox, variables: text({ first: 10 }) },
  { query: viewer },
  { query: events },
  { query: submit, variables: text({ input: message }) },
];

export const defaultQuery = inbox;
