// What a front end asks, with the types that it relies on: that this compiles is the test.
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { graphql } from './generated';
import type { EmailStatus, InboxQuery, MessageStatus, Permission } from './generated/graphql';

type Result<D> = D extends TypedDocumentNode<infer R, infer _V> ? R : never;
type Variables<D> = D extends TypedDocumentNode<infer _R, infer V> ? V : never;

export const inbox = graphql(`
  query Inbox($filter: MessageFilter, $orderBy: [MessageOrder!], $first: Int, $after: String) {
    messages(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges { cursor }
      nodes {
        ...MessageCard
        visitor { name messages(first: 1) { totalCount } }
        replies(last: 1) { nodes { content emailStatus author { name } } }
      }
    }
  }
`);

export const card = graphql(`
  fragment MessageCard on Message { id name email status createdAt assignee { id name role { name } } }
`);

export const viewer = graphql(`
  query Viewer { viewer { user { id name email } tenant { slug } permissions } }
`);

export const things = graphql(`
  query Things($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Staff { isActive } ... on Visitor { pageViews } } }
`);

export const signIn = graphql(`
  mutation SignIn($input: SignInInput!) {
    signIn(input: $input) {
      session { accessToken accessTokenExpiresAt refreshToken viewer { permissions } }
      errors { code message path }
    }
  }
`);

export const write = graphql(`
  mutation Write($input: SubmitMessageInput!) {
    submitMessage(input: $input) { receipt { messageId receivedAt visitorToken } errors { code path } }
  }
`);

export const answer = graphql(`
  mutation Answer($assign: AssignMessageInput!, $status: SetMessageStatusInput!, $reply: ReplyToMessageInput!) {
    assignMessage(input: $assign) { message { id assignee { id } } errors { code } }
    setMessageStatus(input: $status) { message { status } errors { code } }
    replyToMessage(input: $reply) { reply { id } message { status } errors { code } }
  }
`);

export const follow = graphql(`
  subscription Follow($filter: InboxEventFilter, $after: String) {
    inboxEvents(filter: $filter, after: $after) {
      __typename
      sequence
      at
      actor { name }
      ... on MessageReceived { message { id } }
      ... on MessageReplied { message { id } reply { id emailStatus } }
    }
  }
`);

// Everything optional may be left out; what is given is typed.
const none: Variables<typeof inbox> = {};
const some: Variables<typeof inbox> = {
  first: 20,
  filter: { status: { in: ['NEW', 'IN_PROGRESS'] }, assigneeId: { eq: 'me' }, or: [{ text: 'ada' }] },
};
const assign: Variables<typeof answer>['assign'] = { messageId: 'msg_…', assigneeId: null };
const reply: Variables<typeof answer>['reply'] = { messageId: 'msg_…', content: 'Yes.' };
// @ts-expect-error an address is required
const incomplete: Variables<typeof write>['input'] = { name: 'Ada', content: 'Hello' };

export function summary(data: Result<typeof inbox>): string[] {
  const same: InboxQuery = data;
  return same.messages.nodes.map((message) => {
    const status: MessageStatus = message.status;
    const mail: EmailStatus | undefined = message.replies.nodes[0]?.emailStatus;
    // @ts-expect-error somebody may have no assignee
    const certain: string = message.assignee.name;
    return [message.id, status, mail, message.assignee?.name ?? 'nobody', certain, message.visitor?.name].join();
  });
}

export function sequence(data: Result<typeof follow>): string {
  const event = data.inboxEvents;
  return event.__typename === 'MessageReplied' ? `${event.sequence} ${event.reply?.id}` : event.sequence;
}

export function may(data: Result<typeof viewer>, permission: Permission): boolean {
  return data.viewer.permissions.includes(permission);
}

export default [none, some, assign, reply, incomplete];
