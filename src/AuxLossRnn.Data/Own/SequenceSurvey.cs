namespace AuxLossRnn.Data;

/// <summary>What some sequences are, at a glance.</summary>
/// <param name="TakenFor">What the file was taken for.</param>
/// <param name="Count">The number of sequences.</param>
/// <param name="Shortest">The fewest time steps.</param>
/// <param name="Longest">The most time steps.</param>
/// <param name="Steps">The time steps of all.</param>
/// <param name="Classes">The classes in their order, and how many sequences each has; null without labels.</param>
/// <param name="Channels">What is known of each channel.</param>
public sealed record SequenceSurvey(
    string TakenFor, int Count, int Shortest, int Longest, long Steps, IReadOnlyList<(string Name, int Count)>? Classes, IReadOnlyList<ChannelSurvey> Channels);
