using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Cli;

/// <summary>Runs on sequences that a reader's own code gave: the command line cannot read these again, the code can.</summary>
public static class OwnData
{
    /// <summary>Refuses such a run with what to do instead.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="spec">Its spec: with the files that it names the run can be read.</param>
    /// <exception cref="UserException">It is one.</exception>
    public static void Refuse(RunFolder folder, ExperimentSpec spec)
    {
        if (spec.Files is null && folder.ReadFormat() is SequenceFormat own)
        {
            throw new UserException(
                $"{folder.Path} holds a run on sequences of your own ({own.Source}), which this command cannot read. In code: "
                + "Predictor.Open(folder) classifies others, a Trainer with RunFolder.Open(folder, spec, resume: true) goes on.");
        }
    }
}
