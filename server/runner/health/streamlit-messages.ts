import { protobufBytes, protobufFields } from './protobuf';

/**
 * What matters of Streamlit's messages to a browser (`ForwardMsg`); field numbers from streamlit/proto, unchanged
 * since they were published.
 */
export type StreamlitMessage =
  /** The script has ended; `compiled` is false if it could not even begin. */
  | { kind: 'finished'; compiled: boolean; rerun: boolean }
  /** An exception is shown on the page: an uncaught one, or one that the author shows with `st.exception`. */
  | { kind: 'exception'; summary: string; trace: string[] }
  | { kind: 'other' };

const FORWARD = { delta: 5, scriptFinished: 6, sessionEvent: 10 } as const;
const FINISHED = { compileError: 1, earlyForRerun: 2 } as const;
const DELTA_NEW_ELEMENT = 3;
const ELEMENT_EXCEPTION = 8;
/** Why a script is not Python. */
const EVENT_COMPILATION_EXCEPTION = 3;
const EXCEPTION = { type: 1, message: 2, stackTrace: 3, isWarning: 5 } as const;

/** @throws RangeError for what is no message of Streamlit. */
export function readStreamlitMessage(message: Uint8Array): StreamlitMessage {
  for (const field of protobufFields(message)) {
    if (field.number === FORWARD.scriptFinished) {
      return {
        kind: 'finished',
        compiled: field.value !== FINISHED.compileError,
        rerun: field.value === FINISHED.earlyForRerun
      };
    }
    if (field.number === FORWARD.delta) {
      const element = protobufBytes(field.bytes, DELTA_NEW_ELEMENT);
      const exception = element && protobufBytes(element, ELEMENT_EXCEPTION);
      return exception ? readException(exception) : { kind: 'other' };
    }
    if (field.number === FORWARD.sessionEvent) {
      const exception = protobufBytes(field.bytes, EVENT_COMPILATION_EXCEPTION);
      return exception?.length ? readException(exception) : { kind: 'other' };
    }
  }
  return { kind: 'other' };
}

function readException(message: Uint8Array): StreamlitMessage {
  const text = new TextDecoder();
  let type = 'Exception';
  let what = '';
  const trace: string[] = [];
  for (const field of protobufFields(message)) {
    switch (field.number) {
      case EXCEPTION.type:
        type = text.decode(field.bytes);
        break;
      case EXCEPTION.message:
        what = text.decode(field.bytes);
        break;
      case EXCEPTION.stackTrace:
        trace.push(text.decode(field.bytes));
        break;
      case EXCEPTION.isWarning:
        if (field.value === 1) {
          return { kind: 'other' };
        }
    }
  }
  return { kind: 'exception', summary: `${type}: ${what}`, trace };
}

/** The browser's first message (`BackMsg.rerun_script`, an empty `ClientState`): run the script. */
export const RUN_SCRIPT: Uint8Array<ArrayBuffer> = Uint8Array.of((11 << 3) | 2, 0);
