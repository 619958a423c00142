using System.Text.Json;
using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;

namespace AuxLossRnn.Training.Runs;

/// <content>What a run is, in files that a later start is held to.</content>
public sealed partial class RunFolder
{
    private const string RecordOfData = "record of the data";

    /// <summary>Writes where the run takes place; what is known of earlier starts stays.</summary>
    /// <param name="environment">The machine, the versions and the seed.</param>
    /// <param name="step">The steps done before.</param>
    public void WriteEnvironment(RunEnvironment environment, int step = 0)
    {
        RunEnvironment? first = ReadEnvironment();
        WriteIfAny(EnvironmentPath, first is null ? environment : first with { Resumed = [.. first.Resumed ?? [], new ResumedRun(step, environment)] });
    }

    /// <summary>Reads where the run takes place; null if that was not written.</summary>
    /// <exception cref="UserException">The file is damaged.</exception>
    public RunEnvironment? ReadEnvironment() =>
        System.IO.File.Exists(EnvironmentPath) ? ReadJson<RunEnvironment>(EnvironmentPath, "record of the machine") : null;

    /// <summary>Refuses to go on with other data than the run was begun with.</summary>
    /// <param name="format">Classes, scaling and levels of a reader's own sequences; null for the kit's datasets.</param>
    /// <exception cref="UserException">The run was begun with other data.</exception>
    public void RefuseOtherData(SequenceFormat? format)
    {
        if (format is not null && Exists(Path) && ReadFormat() is SequenceFormat before && !before.IsOf(format, out bool? alike))
        {
            throw new UserException(
                $"{Path} holds a run that was trained on other data, or on another split of it: its {System.IO.Path.GetFileName(DataPath)} "
                + $"says something else{(alike == true ? " about the values and labels of the training part, though their shape is the same" : "")}. "
                + "Give the same data, or another folder.");
        }
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

    /// <summary>Refuses to go on with other losses than the run was begun with.</summary>
    /// <param name="losses">The losses.</param>
    /// <exception cref="UserException">The run was begun with others.</exception>
    public void RefuseOtherLosses(IReadOnlyList<LossPart> losses)
    {
        LossRecord[] here = [.. losses.Select(LossRecord.Of)];
        LossRecord[] before = Exists(Path) && System.IO.File.Exists(LossesPath) ? ReadJson<LossRecord[]>(LossesPath, "list of losses") : here;
        if (!before.SequenceEqual(here))
        {
            throw new UserException(
                $"{Path} holds a run that was trained with {Sentence(before)}, which cannot go on with {Sentence(here)}. Give the same losses, or "
                + "another folder.");
        }

        static string Sentence(LossRecord[] losses) => losses.Length == 0 ? "no auxiliary loss" : $"the losses {string.Join(", ", losses.Select(one => $"{one}"))}";
    }

    private static void WriteIfAny<TContent>(string path, TContent? content)
    {
        if (content is not null)
        {
            AtomicFile.WriteText(path, JsonSerializer.Serialize(content, KitJson.Indented));
        }
    }

    private void RefuseAnotherSpec(ExperimentSpec spec)
    {
        // More steps or epochs lengthen a run without changing the steps it has done, unless their rates depend on the last step.
        // Its files may lie elsewhere by now: their names count, and what is in them is compared when they are read.
        ExperimentSpec saved = ReadSpec();
        saved = saved with { Files = saved.Files?.Named() };
        spec = spec with { Files = spec.Files?.Named() };
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
}
