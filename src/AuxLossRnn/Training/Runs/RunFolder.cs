using System.Text.Json;
using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using static TorchSharp.torch;

namespace AuxLossRnn.Training.Runs;

/// <summary>The files of one run. Each is complete or absent, and a run killed at any moment can be resumed.</summary>
public sealed class RunFolder
{
    private const string RecordOfData = "record of the data";

    private RunFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The whole spec.</summary>
    public string ConfigPath => File("config.json");

    /// <summary>Where the run took place.</summary>
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

    /// <summary>The weights of the evaluation that was best on validation.</summary>
    public string BestWeightsPath => File("checkpoints/best/weights.safetensors");

    /// <summary>Whether there is a checkpoint to resume from.</summary>
    public bool HasCheckpoint => System.IO.File.Exists(LastWeightsPath);

    /// <summary>Opens a folder for a run.</summary>
    /// <param name="path">The folder; made if it is missing.</param>
    /// <param name="spec">The run's spec.</param>
    /// <param name="resume">Whether to go on with the run that is there.</param>
    /// <exception cref="UserException">It cannot be written, holds a run already, or holds one of another spec.</exception>
    public static RunFolder Open(string path, ExperimentSpec spec, bool resume)
    {
        var folder = new RunFolder(System.IO.Path.GetFullPath(path));
        if (Exists(path))
        {
            if (!resume)
            {
                throw new UserException(
                    $"{folder.Path} already holds a run. Go on with it with ‹resume=true›, or give another folder with ‹path›.");
            }

            folder.RefuseAnotherSpec(spec);
        }
        else if (System.IO.File.Exists(folder.Path))
        {
            throw new UserException($"{folder.Path} is a file. Give a folder with ‹path›.");
        }

        try
        {
            string[] parts = [folder.File("checkpoints/last"), folder.File("checkpoints/best")];
            foreach (string part in parts)
            {
                Directory.CreateDirectory(part);
            }

            foreach (string part in parts.Append(folder.Path))
            {
                AtomicFile.DeleteLeftovers(part);
            }

            AtomicFile.WriteText(folder.ConfigPath, JsonSerializer.Serialize(spec, KitJson.Indented));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UserException(
                $"The run folder {folder.Path} cannot be written: {failure.Message} Give a folder you may write to with ‹path›.", failure);
        }

        return folder;
    }

    /// <summary>Whether a folder holds a run.</summary>
    /// <param name="path">The folder.</param>
    public static bool Exists(string path) => System.IO.File.Exists(new RunFolder(path).ConfigPath);

    /// <summary>Opens the folder of an earlier run to read it.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="UserException">There is no run.</exception>
    public static (RunFolder Folder, ExperimentSpec Spec) Read(string path)
    {
        var folder = new RunFolder(System.IO.Path.GetFullPath(path));
        if (!Exists(path))
        {
            throw new UserException($"{folder.Path} holds no run: it has no config.json. Give the folder that `auxloss train --out` wrote.");
        }

        return (folder, folder.ReadSpec());
    }

    /// <summary>Writes where the run takes place.</summary>
    /// <param name="environment">The machine, the versions and the seed.</param>
    public void WriteEnvironment(RunEnvironment environment) =>
        AtomicFile.WriteText(EnvironmentPath, JsonSerializer.Serialize(environment, KitJson.Indented));

    /// <summary>Writes how a reader's own sequences are read.</summary>
    /// <param name="format">Classes, scaling and levels.</param>
    /// <exception cref="UserException">The run was begun with other data.</exception>
    public void WriteFormat(SequenceFormat format)
    {
        string text = JsonSerializer.Serialize(format, KitJson.Indented);
        if (ReadFormat() is SequenceFormat before)
        {
            // The same data may lie elsewhere by now, and an earlier version kept no hash.
            SequenceFormat here = before with { Source = format.Source, TrainingSha256 = before.TrainingSha256 ?? format.TrainingSha256 };
            if (JsonSerializer.Serialize(here, KitJson.Indented) != text)
            {
                bool alike = JsonSerializer.Serialize(here with { TrainingSha256 = format.TrainingSha256 }, KitJson.Indented) == text;
                throw new UserException(
                    $"{Path} holds a run that was trained on other data, or on another split of it: its {System.IO.Path.GetFileName(DataPath)} "
                    + $"says something else{(alike ? " about the values and labels of the training part, though their shape is the same" : "")}. "
                    + "Give the same data, or another folder.");
            }
        }

        AtomicFile.WriteText(DataPath, text);
    }

    /// <summary>Reads how a reader's own sequences are read; null for a run on the kit's datasets.</summary>
    /// <exception cref="UserException">The file is damaged.</exception>
    public SequenceFormat? ReadFormat()
    {
        if (!System.IO.File.Exists(DataPath))
        {
            return null;
        }

        SequenceFormat format = ReadJson<SequenceFormat>(DataPath, RecordOfData);
        return format.Defect() is string defect
            ? throw new UserException($"{DataPath} is not a {RecordOfData} of this version of the kit: {defect}. Put back the file that the run wrote.")
            : format;
    }

    /// <summary>Writes which losses the run is trained with.</summary>
    /// <param name="losses">The losses.</param>
    /// <exception cref="UserException">The run was begun with others.</exception>
    public void WriteLosses(IReadOnlyList<LossPart> losses)
    {
        LossRecord[] here = [.. losses.Select(LossRecord.Of)];
        LossRecord[] before = System.IO.File.Exists(LossesPath) ? ReadJson<LossRecord[]>(LossesPath, "list of losses") : here;
        if (!before.SequenceEqual(here))
        {
            throw new UserException(
                $"{Path} holds a run that was trained with {Sentence(before)}, which cannot go on with {Sentence(here)}. Give the same losses, or "
                + "another folder.");
        }

        if (here.Length > 0)
        {
            AtomicFile.WriteText(LossesPath, JsonSerializer.Serialize(here, KitJson.Indented));
        }

        static string Sentence(LossRecord[] losses) => losses.Length == 0 ? "no auxiliary loss" : $"the losses {string.Join(", ", losses.Select(one => $"{one}"))}";
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
    public void SaveBest(nn.Module model, int step) => WeightsFile.Save(BestWeightsPath, model, step, []);

    /// <summary>Puts the last checkpoint into a model and its optimiser.</summary>
    /// <param name="model">The model.</param>
    /// <param name="optimiser">The optimiser.</param>
    /// <returns>Where the run stands.</returns>
    /// <exception cref="UserException">A file is missing, damaged, or of another model.</exception>
    public TrainingProgress LoadCheckpoint(nn.Module model, TorchSharp.Modules.OptimizerHelper optimiser) => Last.Load(model, optimiser);

    private void RefuseAnotherSpec(ExperimentSpec spec)
    {
        // More steps or epochs lengthen a run without changing the steps it has done, unless their rates depend on the last step.
        ExperimentSpec saved = ReadSpec();
        bool lengthens = spec.LearningRateSchedule != LearningRateSchedule.Cosine;
        if (spec.Steps < ReadSummary()?.Steps)
        {
            throw new UserException(
                $"{Path} holds a run of {ReadSummary()!.Steps} steps, which cannot go on to {spec.Steps}. Choose more with ‹Steps›, or another folder with ‹path›.");
        }

        if ((lengthens ? saved with { Steps = spec.Steps, Epochs = spec.Epochs } : saved) != spec)
        {
            string differences = string.Join("; ", SpecTable.Differences(spec, saved)
                .Where(row => !lengthens || row.Name is not (nameof(ExperimentSpec.Steps) or nameof(ExperimentSpec.Epochs)))
                .Select(row => $"‹{row.Name}› is {row.Default} there and {row.Value} here"));
            throw new UserException($"{Path} holds a run of another spec: {differences}. Give another folder with ‹path›.");
        }
    }

    private Checkpoint Last => new(File("checkpoints/last"));

    private ExperimentSpec ReadSpec() => ReadJson<ExperimentSpec>(ConfigPath, "config");

    private static TContent ReadJson<TContent>(string path, string what)
    {
        try
        {
            return JsonSerializer.Deserialize<TContent>(System.IO.File.ReadAllText(path), KitJson.Indented)
                ?? throw new JsonException("it holds null.");
        }
        catch (Exception failure) when (failure is JsonException or UserException)
        {
            throw new UserException($"{path} is not a {what} of this version of the kit: {failure.Message}", failure);
        }
    }

    private string File(string name) => System.IO.Path.Combine(Path, name);
}
