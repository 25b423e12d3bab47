import { Signal, type ISignal } from '@lumino/signaling';

import { FINAL_BUILD_STATES, type Build } from '../../server/contract';
import { BuildFollower } from './build-follower';
import type { Connection } from './connection';
import type { Push } from './push';
import type { RememberedBuilds } from './remembered-builds';

/** The builds that were started or taken up here: one follower each, until its end has been told. */
export class FollowedBuilds {
  constructor(remembered: RememberedBuilds, push: Push) {
    this._remembered = remembered;
    this._push = push;
  }

  /** A build reached its final state. */
  get ended(): ISignal<this, Build> {
    return this._ended;
  }

  /** Follow none of them any longer. */
  dispose(): void {
    for (const follower of this._followers.values()) {
      follower.dispose();
    }
    this._followers.clear();
    Signal.clearData(this);
  }

  /** The follower of a build; another one where the one before can no longer follow it. */
  follow(build: Build, connection: Connection): BuildFollower {
    const known = this._followers.get(build.id);
    if (known !== undefined && known.lost === null) {
      return known;
    }
    known?.dispose();
    const follower = new BuildFollower(build, connection, this._push);
    this._followers.set(build.id, follower);
    this._remembered.add(build.id);
    follower.changed.connect(this._onChanged, this);
    return follower;
  }

  /** Take up a build that was followed before the page was loaded anew; it may have ended meanwhile. */
  takeUp(build: Build, connection: Connection): void {
    if (FINAL_BUILD_STATES.includes(build.state)) {
      this._tell(build);
    } else {
      this.follow(build, connection);
    }
  }

  private _onChanged(follower: BuildFollower): void {
    if (follower.ended && this._followers.get(follower.build.id) === follower) {
      this._followers.delete(follower.build.id);
      follower.changed.disconnect(this._onChanged, this);
      this._tell(follower.build);
    }
  }

  private _tell(build: Build): void {
    this._remembered.delete(build.id);
    this._ended.emit(build);
  }

  private readonly _remembered: RememberedBuilds;
  private readonly _push: Push;
  private readonly _followers = new Map<string, BuildFollower>();
  private readonly _ended = new Signal<this, Build>(this);
}
