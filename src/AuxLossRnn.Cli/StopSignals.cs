using System.Runtime.InteropServices;

namespace AuxLossRnn.Cli;

/// <summary>Makes a cancellation of every signal by which systems and people end a process, so that training stops with a checkpoint.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Listens.</summary>
    /// <param name="stop">What is cancelled.</param>
    /// <param name="withInterrupt">Whether Ctrl+C is among them.</param>
    public StopSignals(CancellationTokenSource stop, bool withInterrupt)
    {
        _stop = stop;
        PosixSignal[] signals = [PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT, .. withInterrupt ? [PosixSignal.SIGINT] : Array.Empty<PosixSignal>(), .. OfUsers()];
        _registrations = [.. signals.Select(signal => PosixSignalRegistration.Create(signal, Stop))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }

    /// <summary>SIGUSR1 and SIGUSR2, by which clusters announce the end of a job. .NET knows no names for them, and their numbers are not everywhere the same.</summary>
    private static PosixSignal[] OfUsers() => OperatingSystem.IsLinux() ? [(PosixSignal)10, (PosixSignal)12]
        : OperatingSystem.IsMacOS() || OperatingSystem.IsFreeBSD() ? [(PosixSignal)30, (PosixSignal)31]
        : [];

    private void Stop(PosixSignalContext context)
    {
        // A second Ctrl+C ends the process at once. Other signals often come twice, to a process and again from the shell above it, and mean no more by it.
        context.Cancel = !(_stop.IsCancellationRequested && context.Signal is (PosixSignal.SIGINT or PosixSignal.SIGQUIT));
        _stop.Cancel();
    }
}
