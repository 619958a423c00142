namespace AuxLossRnn.Data.Tests;

/// <summary>A clock that stands still, except that a timer runs out at once when it is set while <see cref="RunsOut"/> is.</summary>
internal sealed class StoppedTime : TimeProvider
{
    /// <summary>Lets the next timer that is set run out; is reset by that.</summary>
    public bool RunsOut { get; set; }

    /// <summary>The durations that timers were set to, without those that were switched off.</summary>
    public List<TimeSpan> Set { get; } = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new StoppedTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class StoppedTimer(StoppedTime time, TimerCallback callback, object? state) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                return true;
            }

            time.Set.Add(dueTime);
            if (time.RunsOut)
            {
                time.RunsOut = false;
                callback(state);
            }

            return true;
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
