// The meeting's clock: seven shares of the hour. It says the minute and when it ends at this pace; it never warns and
// never stops a stage. What it counts from comes from Python (record/clock.py); the minutes between are counted here.
const CLOCK_TURNS = 10000;

class Clock extends Component {
  componentDidMount() { this.turning = setInterval(() => this.setState({ turned: Date.now() }), CLOCK_TURNS); }
  componentWillUnmount() { clearInterval(this.turning); }
  clockTime(at, zone) {
    const written = (timeZone) => new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone }).format(at);
    try { return written(zone); } catch { return written(undefined); }
  }
  render({ clock, panel }) {
    const press = (label, deed, icon, style = "sm") => el("button", { type: "button", class: `pm-btn ${style}`, onClick: () => panel.say({ type: "do", do: deed, args: { stage: panel.state.view.stage } }) }, icon && sign(icon), label);
    if (!clock.begun) {
      return h("div", { class: "pm-clock off" }, press("Start the clock", "start-clock", "clock"),
        h("span", null, `${clock.minutes} minutes for the seven stages, as a suggestion. Nobody is hurried.`));
    }
    const now = Date.now() + clock.skew;
    const elapsed = Math.max(0, (now - clock.begun) / 60000);
    const spent = clock.before + Math.max(0, (now - clock.entered) / 60000);
    const here = clock.shares.find((share) => share.here) || clock.shares[0];
    const ends = now + (Math.max(0, here.minutes - spent) + clock.after) * 60000;
    if (elapsed > 12 * 60) {
      return h("div", { class: "pm-clock off" }, press("Start the clock again", "start-clock", "clock"), h("span", null, `It was started on ${clock.day}.`), press("Take it away", "stop-clock", "", "quiet sm"));
    }
    const words = `${here.name}: minute ${Math.floor(spent) + 1} of about ${Math.round(here.minutes)}`;
    return h("div", { class: "pm-clock" }, h("b", null, words),
      h("span", { class: "bar", "aria-hidden": "true" }, clock.shares.map((share) => {
        const gone = share.here ? spent : share.spent;
        return h("span", { class: share.here ? "here" : "", style: `flex-grow:${share.minutes}`, key: share.id }, h("i", { style: `width:${Math.min(100, (100 * gone) / share.minutes)}%` }));
      })),
      h("span", { class: "end" }, `${Math.floor(elapsed)} of ${Math.round(clock.minutes)} min, ends ${this.clockTime(ends, clock.zone)} if you keep this pace`),
      clock.mine && press("Stop", "stop-clock", "", "quiet sm"));
  }
}
