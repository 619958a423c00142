using AuxLossRnn.Data;
using AuxLossRnn.Experiments.Sweeps;
using AuxLossRnn.Runtime;
using Spectre.Console;

namespace AuxLossRnn.Cli.Commands;

/// <summary>One run of a sweep in this process: <c>auxloss sweep run --only N</c>.</summary>
internal static class SweepElement
{
    /// <summary>Trains a point to its end, unless it is finished or another process trains it.</summary>
    public static async Task<int> RunAsync(
        Sweep sweep, int index, int threads, string device, string? data, bool child, CancellationToken cancellation)
    {
        SweepPoint point = index >= 0 && index < sweep.Points.Count
            ? sweep.Points[index]
            : throw new UserException($"--only is {index}, but {sweep.Name} has the points 0 to {sweep.Points.Count - 1}.");
        if (sweep.Status().First(one => one.Point.Folder == point.Folder).State == SweepState.Finished)
        {
            AnsiConsole.WriteLine($"{point} is finished.");
            return ExitCodes.Done;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (child)
        {
            StopWithTheParent(stop);
        }

        try
        {
            return await RunAsync(sweep, point, threads, device, data, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return SlurmArray.GoesOn; // before the first step: there is nothing to keep
        }
    }

    private static async Task<int> RunAsync(Sweep sweep, SweepPoint point, int threads, string device, string? data, CancellationTokenSource stop)
    {
        using RunClaim? claim = await RunClaim.TakeAsync(point.Folder, cancellation: stop.Token);
        if (claim is null)
        {
            AnsiConsole.WriteLine($"Another process trains {point} in {point.Folder} just now.");
            return SlurmArray.GoesOn;
        }

        if (SweepResults.IsFinished(point.Folder))
        {
            return ExitCodes.Done; // while this process waited
        }

        TorchThreads.Use(threads);
        var machine = new Machine(DataRoot.Resolve(data), Devices.Choose(device));
        AnsiConsole.WriteLine($"{sweep.Name} {point.Index}: {point}");
        try
        {
            int code = TrainCommand.Run(
                point.Spec, point.Folder, resume: true, machine, [], null, null, stop.Token, trainer => SweepRecord.Begin(point.Folder, claim, trainer));
            return code == ExitCodes.Interrupted ? SlurmArray.GoesOn : code;
        }
        catch (OperationCanceledException taken) when (claim.Lost.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync(taken.Message);
            return SlurmArray.GoesOn;
        }
    }

    /// <summary>A parent that is killed cannot tell its child, but its end of the pipe is closed all the same.</summary>
    private static void StopWithTheParent(CancellationTokenSource stop) => new Thread(() =>
    {
        using Stream input = Console.OpenStandardInput();
        byte[] nothing = new byte[1];
        while (input.Read(nothing) > 0)
        {
        }

        try
        {
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The run has ended meanwhile.
        }
    })
    {
        IsBackground = true,
    }.Start();
}
