using System.Diagnostics;
using System.Text.Json;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Experiments.Sweeps;

/// <summary>Keeps others from training in a run folder, on any machine that sees it, without file locks.</summary>
/// <remarks>
/// Shared storage may have no locks, and a killed process leaves its claim behind. A claim is a file that only one process can create. Its holder counts
/// up in it every few seconds. Where the count stands still, or the holder is a process of this machine that has ended, the claim is given up
/// to the next. A holder that finds another's claim in place of its own must end at once, without another write to the folder.
/// </remarks>
public sealed class RunClaim : IDisposable
{
    // Cloned machines share their name, and the first process namespace has one number on all of them: only the boot tells them apart.
    private static readonly string Machine = $"{BootOrName()} {PidNamespace()}";

    private static readonly string Me = $"process {Environment.ProcessId} on {Environment.MachineName}" + (
        Environment.GetEnvironmentVariable("SLURM_ARRAY_JOB_ID") is string job ? $", Slurm job {job}_{Environment.GetEnvironmentVariable("SLURM_ARRAY_TASK_ID")}" : "");

    private static readonly TimeSpan DefaultBeat = TimeSpan.FromSeconds(10);

    private const int Patience = 6; // beats
    private const int Exists = 17; // EEXIST
    private const int ExistsOnWindows = unchecked((int)0x80070050);
    private static readonly DateTime NoFile = DateTime.FromFileTimeUtc(0); // the time of a file that is not there

    private const int StartField = 19; // of /proc/PID/stat, counted after the name in parentheses

    private readonly string _path;
    private readonly CancellationTokenSource _lost = new();
    private readonly Timer _beat;
    private readonly Lock _gate = new();
    private Content _content;
    private bool _ended;

    private RunClaim(string path, Content content, TimeSpan beat)
    {
        (_path, _content) = (path, content);
        _beat = new Timer(_ => Beat(), null, beat, beat);
    }

    /// <summary>Cancelled where another process has taken the folder, because this one stood still for too long.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Ends a training whose folder another process has taken, without a checkpoint: the files are the other's by now.</summary>
    /// <exception cref="OperationCanceledException">It has.</exception>
    public void ThrowIfLost()
    {
        if (Lost.IsCancellationRequested)
        {
            throw new OperationCanceledException($"Another process has taken over {Path.GetDirectoryName(_path)}, because this one stood still.", Lost);
        }
    }

    /// <summary>Takes a run folder.</summary>
    /// <param name="folder">The folder; made if it is missing.</param>
    /// <param name="beat">How often a holder counts up; a claim that stands still for six times as long is given up. 10 seconds if null.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>The claim; null where another process holds the folder.</returns>
    public static async Task<RunClaim?> TakeAsync(string folder, TimeSpan? beat = null, CancellationToken cancellation = default)
    {
        TimeSpan every = beat ?? DefaultBeat;
        Directory.CreateDirectory(folder);
        string path = PathOf(folder);
        var mine = new Content(Guid.NewGuid().ToString("N"), Me, Machine, Environment.ProcessId, StartOf(Environment.ProcessId), 0);
        Content? seen = null;
        var still = Stopwatch.StartNew();
        while (!Create(path, mine))
        {
            Content? there = Read(path);
            if (there != seen)
            {
                if (seen is not null && there is not null && there.Token == seen.Token)
                {
                    return null; // it counts
                }

                (seen, still) = (there, Stopwatch.StartNew());
            }

            bool ended = there is not null && there.Machine == Machine && !Lives(there);
            if (there is not null && there.Machine == Machine && !ended)
            {
                return null;
            }

            if (ended || still.Elapsed > Patience * every)
            {
                if (Replace(path, there, mine))
                {
                    break;
                }
            }

            await Task.Delay(every / 4, cancellation);
        }

        return new RunClaim(path, mine, every);
    }

    /// <summary>Whether a process seems to train in a folder now: one of this machine that lives, or one elsewhere that counted within the last minute.</summary>
    /// <param name="folder">The run folder.</param>
    public static bool IsHeld(string folder) => Read(PathOf(folder)) is Content there && (there.Machine == Machine
        ? Lives(there)
        : DateTime.UtcNow - File.GetLastWriteTimeUtc(PathOf(folder)) < Patience * DefaultBeat);

    /// <summary>Who has claimed a folder, in words such as <c>process 4711 on node7, Slurm job 12_3</c>; null for nobody.</summary>
    /// <param name="folder">The run folder.</param>
    public static string? HolderOf(string folder) => Read(PathOf(folder))?.Holder;

    private static string PathOf(string folder) => Path.Combine(folder, "claim.json");

    private static bool Create(string path, Content content)
    {
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        }
        catch (IOException failure) when (failure.HResult is Exists or ExistsOnWindows)
        {
            return false;
        }

        try
        {
            using (stream)
            {
                JsonSerializer.Serialize(stream, content, KitJson.Line);
                stream.Flush(flushToDisk: true);
            }

            return true;
        }
        catch (IOException)
        {
            File.Delete(path); // a full disk: what is empty would bar all others until it has stood still for a minute
            throw;
        }
    }

    /// <summary>The claim; null where its file is gone, or is only just being written.</summary>
    private static Content? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Content>(File.ReadAllText(path), KitJson.Line);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static bool Lives(Content claim) => StartOf(claim.Process) is string start && start == claim.Started;

    /// <summary>Puts a claim in the place of one that was given up; false where another process was first.</summary>
    /// <remarks>
    /// Of those that see the old claim one at a time may look whether it is still there, so that none removes the claim of one that was first: the one that
    /// could create a guard with the old claim's token. A guard whose process was killed meanwhile stays, and the next number is taken: to remove it
    /// would be to remove another's that has just come in its place.
    /// </remarks>
    private static bool Replace(string path, Content? old, Content mine)
    {
        string[] guards = [];
        do
        {
            guards = [.. guards, $"{path}.{old?.Token ?? "damaged"}.{guards.Length}"];
            if (guards.Length > 1 && !WasLeftBehind(guards[^2]))
            {
                return false;
            }
        }
        while (!Create(guards[^1], mine));

        try
        {
            if (Read(path) != old)
            {
                return false;
            }

            File.Delete(path);
            return Create(path, mine);
        }
        finally
        {
            Array.ForEach(guards, File.Delete);
        }
    }

    /// <summary>Whether a guard is there and far older than the moment that it is needed for.</summary>
    private static bool WasLeftBehind(string guard) =>
        File.GetLastWriteTimeUtc(guard) is var at && at != NoFile && DateTime.UtcNow - at > Patience * DefaultBeat;

    private void Beat()
    {
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            try
            {
                if (Read(_path) is Content there && there.Token != _content.Token)
                {
                    _ended = true;
                    _lost.Cancel();
                    return;
                }

                _content = _content with { Count = _content.Count + 1 };
                AtomicFile.WriteText(_path, JsonSerializer.Serialize(_content, KitJson.Line));
            }
            catch (IOException)
            {
                // Storage that is away for a moment; the next beat tries again.
            }
        }
    }

    /// <summary>When a process was started, by which it is told from a later one of the same number; null for one that has ended.</summary>
    private static string? StartOf(int process)
    {
        try
        {
            if (!OperatingSystem.IsLinux())
            {
                return Process.GetProcessById(process).StartTime.ToUniversalTime().ToString("O");
            }

            // Of StartTime two processes read times that differ by milliseconds. "id (name) state parent …", where a name may hold blanks.
            string status = File.ReadAllText($"/proc/{process}/stat");
            string[] fields = status[(status.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : fields[StartField];
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException or IOException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static string BootOrName()
    {
        const string boot = "/proc/sys/kernel/random/boot_id";
        return File.Exists(boot) ? File.ReadAllText(boot).Trim() : Environment.MachineName;
    }

    // Process numbers of two containers on one machine mean different processes.
    private static string PidNamespace() => File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false)?.Name ?? "";

    /// <inheritdoc/>
    public void Dispose()
    {
        _beat.Dispose();
        lock (_gate)
        {
            if (!_ended && Read(_path)?.Token == _content.Token)
            {
                File.Delete(_path);
            }

            _ended = true;
        }

        _lost.Dispose();
    }

    private sealed record Content(string Token, string Holder, string Machine, int Process, string? Started, long Count);
}
