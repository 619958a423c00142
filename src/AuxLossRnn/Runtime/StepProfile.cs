using TorchSharp;
using static TorchSharp.torch;

namespace AuxLossRnn.Runtime;

/// <summary>Measures where the time of training steps goes.</summary>
/// <remarks>
/// <code>
/// trainer.Profile = new StepProfile();
/// trainer.Run();
/// trainer.Profile.Report()
/// </code>
/// Measurements nest: time counts for the innermost part alone. A CUDA device computes on after a call returns, so at each
/// border between parts it is waited for, which makes a profiled run slower there.
/// </remarks>
/// <param name="time">The clock; null for the system's.</param>
public sealed class StepProfile(TimeProvider? time = null)
{
    /// <summary>The first steps, which a report leaves out.</summary>
    public const int WarmUpSteps = 3;

    [ThreadStatic]
    private static StepProfile? _current;

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Stack<StepPart> _open = new();
    private readonly List<float[]> _steps = [];
    private float[] _milliseconds = New();
    private Device? _cuda;
    private long _last;

    /// <summary>The profile of the step that this thread computes; null if it is not profiled.</summary>
    public static StepProfile? Current => _current;

    /// <summary>Measures a part until the result is disposed. The outermost measurement is a step.</summary>
    /// <param name="part">The part.</param>
    public IDisposable Measure(StepPart part)
    {
        Charge();
        _open.Push(part);
        return new Measurement(this);
    }

    /// <summary>What was measured so far.</summary>
    public StepProfileReport Report()
    {
        float[][] steps = [.. _steps.Skip(WarmUpSteps)];
        double all = steps.Sum(step => step.Sum(part => (double)part));
        return steps.Length == 0
            ? new StepProfileReport(0, WarmUpSteps, null, [])
            : new StepProfileReport(steps.Length, WarmUpSteps, Median(steps.Select(step => step.Sum())), [.. Enum.GetValues<StepPart>().Select(part =>
                new StepPartTime(
                    part,
                    Median(steps.Select(step => step[(int)part])),
                    all > 0 ? steps.Sum(step => (double)step[(int)part]) / all : 0))]);
    }

    /// <summary>Measures a step of this thread, all of which is <see cref="StepPart.Rest"/> where nothing says otherwise.</summary>
    internal IDisposable Step(Device device)
    {
        _cuda = device.type == DeviceType.CUDA ? device : null;
        _current = this;
        return Measure(StepPart.Rest);
    }

    private void Close()
    {
        Charge();
        _open.Pop();
        if (_open.Count == 0)
        {
            _steps.Add(_milliseconds);
            _milliseconds = New();
            _current = null;
        }
    }

    /// <summary>The time since the last border is that of the innermost part.</summary>
    private void Charge()
    {
        if (_cuda is not null)
        {
            cuda.synchronize(_cuda);
        }

        long now = _time.GetTimestamp();
        if (_open.TryPeek(out StepPart part))
        {
            _milliseconds[(int)part] += (float)_time.GetElapsedTime(_last, now).TotalMilliseconds;
        }

        _last = now;
    }

    private static float[] New() => new float[Enum.GetValues<StepPart>().Length];

    private static double Median(IEnumerable<float> values)
    {
        float[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + (double)sorted[middle]) / 2;
    }

    private sealed class Measurement(StepProfile profile) : IDisposable
    {
        public void Dispose() => profile.Close();
    }
}
