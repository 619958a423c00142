using System.Text.Json;
using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using static TorchSharp.torch;

namespace AuxLossRnn.Training.Runs;

/// <summary>The files of one run. Each is complete or absent, and a run killed at any moment can be resumed.</summary>
public sealed partial class RunFolder
{
    private bool _goesOn;

    private RunFolder(string path, bool goesOn = false) => (Path, _goesOn) = (path, goesOn);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The whole spec.</summary>
    public string ConfigPath => File("config.json");

    /// <summary>Where the run took place: its first start, and each that went on with it.</summary>
    public string EnvironmentPath => File("environment.json");

    /// <summary>How a reader's own sequences are read: classes, scaling, levels; not there for the kit's datasets.</summary>
    public string DataPath => File("data.json");

    /// <summary>The auxiliary losses that the run is trained with; not there without one.</summary>
    public string LossesPath => File("losses.json");

    /// <summary>One object a line: steps and evaluations.</summary>
    public string MetricsPath => File("metrics.jsonl");

    /// <summary>What the run came to.</summary>
    public string SummaryPath => File("summary.json");

    /// <summary>Where the steps' time went, if that was measured.</summary>
    public string ProfilePath => File("profile.json");

    /// <summary>The weights of the last checkpoint.</summary>
    public string LastWeightsPath => Last.WeightsPath;

    /// <summary>The weights of the evaluation that was best on validation, or on the test set where nothing is held out (<see cref="ChosenOnKey"/>).</summary>
    public string BestWeightsPath => File("checkpoints/best/weights.safetensors");

    /// <summary>The metadata of the best weights that says what they were chosen on: "validation" or "test".</summary>
    public const string ChosenOnKey = "chosen_on";

    /// <summary>Finds the weights to use.</summary>
    /// <param name="best">The best ones, rather than the last ones.</param>
    /// <exception cref="UserException">The run kept none.</exception>
    public string WeightsPath(bool best)
    {
        string path = best ? BestWeightsPath : LastWeightsPath;
        return System.IO.File.Exists(path) ? path : throw new UserException(
            !HasCheckpoint ? $"{Path} keeps no weights yet: the run came to no checkpoint. Go on with it with ‹resume=true›."
            : $"{Path} keeps no best weights: no held-out or test sequences were classified, of which the best step could be chosen. Take the last ones with ‹best=false›.");
    }

    /// <summary>Whether there is a checkpoint to resume from.</summary>
    public bool HasCheckpoint => System.IO.File.Exists(LastWeightsPath);

    /// <summary>Whether there is a run that came to no checkpoint, so that to go on with it is to begin it again.</summary>
    public bool BeginsAgain => Exists(Path) && !HasCheckpoint && new FileInfo(MetricsPath) is { Exists: true, Length: > 0 };

    /// <summary>Opens a folder for a run. No file in it is written before the run begins.</summary>
    /// <param name="path">The folder; made if it is missing.</param>
    /// <param name="spec">The run's spec.</param>
    /// <param name="resume">Whether to go on with the run that is there.</param>
    /// <exception cref="UserException">It cannot be written, holds a run already, or holds one of another spec.</exception>
    public static RunFolder Open(string path, ExperimentSpec spec, bool resume)
    {
        var folder = new RunFolder(UserPath.Full(path), resume);
        folder.Refuse(spec);
        if (System.IO.File.Exists(folder.Path))
        {
            throw new UserException($"{folder.Path} is a file. Give a folder with ‹path›.");
        }

        return folder.Writing(() =>
        {
            foreach (string part in folder.Parts)
            {
                Directory.CreateDirectory(part);
            }

            return folder;
        });
    }

    /// <summary>Begins a run or goes on with it: keeps other processes out, and only then writes what the run is.</summary>
    /// <param name="spec">The run's spec.</param>
    /// <param name="losses">The auxiliary losses that it is trained with.</param>
    /// <param name="format">How a reader's own sequences are read; null for the kit's datasets.</param>
    /// <returns>What keeps others out until it is disposed of.</returns>
    /// <exception cref="UserException">Another process trains here, or has begun another run since the folder was opened.</exception>
    public FileStream Begin(ExperimentSpec spec, IReadOnlyList<LossPart>? losses = null, SequenceFormat? format = null)
    {
        FileStream alone = Claim();
        try
        {
            Refuse(spec);
            RefuseOtherLosses(losses ?? []);
            RefuseOtherData(format);
            return Writing(() =>
            {
                foreach (string part in Parts.Append(Path))
                {
                    AtomicFile.DeleteLeftovers(part);
                }

                if (BeginsAgain)
                {
                    System.IO.File.Move(MetricsPath, Enumerable.Range(1, int.MaxValue).Select(n => File($"metrics-{n}.jsonl")).First(path => !System.IO.File.Exists(path)));
                }

                WriteIfAny(LossesPath, losses is { Count: > 0 } ? losses.Select(LossRecord.Of).ToArray() : null);
                WriteIfAny(DataPath, format);
                WriteIfAny(ConfigPath, spec); // the last one: with it there is a run
                _goesOn = true;
                return alone;
            });
        }
        catch
        {
            alone.Dispose();
            throw;
        }
    }

    /// <summary>Whether a folder holds a run.</summary>
    /// <param name="path">The folder.</param>
    public static bool Exists(string path) => System.IO.File.Exists(new RunFolder(UserPath.Expand(path)).ConfigPath);

    /// <summary>Opens the folder of an earlier run to read it.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="check">Whether its spec must be one that can be trained, or is only looked at.</param>
    /// <exception cref="UserException">There is no run, or its config.json is damaged.</exception>
    public static (RunFolder Folder, ExperimentSpec Spec) Read(string path, bool check = false)
    {
        var folder = new RunFolder(UserPath.Full(path));
        if (!Exists(path))
        {
            throw new UserException($"{folder.Path} holds no run: it has no config.json. Give the folder that `auxloss train --out` wrote.");
        }

        ExperimentSpec spec = folder.ReadSpec();
        try
        {
            if (check)
            {
                SpecCheck.Throw(spec);
            }
        }
        catch (UserException problem)
        {
            throw new UserException($"{folder.ConfigPath} is of no run that can be trained. {problem.Template}", problem);
        }

        return (folder, spec);
    }

    /// <summary>Writes the summary.</summary>
    /// <param name="summary">The summary.</param>
    public void WriteSummary(RunSummary summary) =>
        AtomicFile.WriteText(SummaryPath, JsonSerializer.Serialize(summary, KitJson.Indented));

    /// <summary>Writes where the steps' time went.</summary>
    /// <param name="report">The profile of this process's steps.</param>
    public void WriteProfile(StepProfileReport report) =>
        AtomicFile.WriteText(ProfilePath, JsonSerializer.Serialize(report, KitJson.Indented));

    /// <summary>Reads the summary; null if the run has not got so far.</summary>
    /// <exception cref="UserException">The file is damaged.</exception>
    public RunSummary? ReadSummary() => System.IO.File.Exists(SummaryPath) ? ReadJson<RunSummary>(SummaryPath, "summary") : null;

    /// <summary>The evaluations so far, in order.</summary>
    /// <exception cref="UserException">A line is damaged.</exception>
    public IReadOnlyList<EvaluationMetrics> Evaluations() => MetricsLog.Read<EvaluationMetrics>(MetricsPath, isEvaluation: true);

    /// <summary>The steps so far, in order.</summary>
    /// <exception cref="UserException">A line is damaged.</exception>
    public IReadOnlyList<StepMetrics> Steps() => MetricsLog.Read<StepMetrics>(MetricsPath, isEvaluation: false);

    /// <summary>Keeps other processes from training here, until it is disposed of or this process ends.</summary>
    /// <exception cref="UserException">Another one does already.</exception>
    public FileStream Claim()
    {
        try
        {
            return new FileStream(File("training.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException failure)
        {
            throw new UserException($"Another process trains in {Path} just now. Wait for it, stop it, or give another folder with ‹path›.", failure);
        }
    }

    /// <summary>Opens the metrics for appending, cut to what a checkpoint knows of.</summary>
    /// <param name="length">The length at the checkpoint, in bytes; 0 for a new run.</param>
    public MetricsLog OpenMetrics(long length) => new(MetricsPath, length);

    /// <summary>Writes the checkpoint to resume from.</summary>
    /// <param name="model">The weights.</param>
    /// <param name="optimiser">The optimiser with its state.</param>
    /// <param name="progress">Where the run stands.</param>
    public void SaveCheckpoint(nn.Module model, TorchSharp.Modules.OptimizerHelper optimiser, TrainingProgress progress) =>
        Last.Save(model, optimiser, progress);

    /// <summary>Keeps the weights as the best so far.</summary>
    /// <param name="model">The weights.</param>
    /// <param name="step">The steps done.</param>
    /// <param name="onValidation">Whether they are the best on validation, rather than on the test set.</param>
    public void SaveBest(nn.Module model, int step, bool onValidation) =>
        WeightsFile.Save(BestWeightsPath, model, step, new() { [ChosenOnKey] = onValidation ? "validation" : "test" });

    /// <summary>Puts the last checkpoint into a model and its optimiser.</summary>
    /// <param name="model">The model.</param>
    /// <param name="optimiser">The optimiser.</param>
    /// <returns>Where the run stands.</returns>
    /// <exception cref="UserException">A file is missing, damaged, or of another model.</exception>
    public TrainingProgress LoadCheckpoint(nn.Module model, TorchSharp.Modules.OptimizerHelper optimiser) => Last.Load(model, optimiser);

    private IEnumerable<string> Parts => [File("checkpoints/last"), File("checkpoints/best")];

    private void Refuse(ExperimentSpec spec)
    {
        if (Exists(Path))
        {
            if (!_goesOn)
            {
                throw new UserException($"{Path} already holds a run. Go on with it with ‹resume=true›, or give another folder with ‹path›.");
            }

            RefuseAnotherSpec(spec);
        }
    }

    private TResult Writing<TResult>(Func<TResult> write)
    {
        try
        {
            return write();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"The run folder {Path} cannot be written: {failure.Message} If that cannot be mended, give another folder with ‹path›.", failure);
        }
    }

    private Checkpoint Last => new(File("checkpoints/last"));

    private string File(string name) => System.IO.Path.Combine(Path, name);
}
